namespace MhcPipeline.Connector.Http;

/// <summary>Asks for a last chunk with the numbers of tokens.</summary>
internal sealed record ApiStreamOptions(bool IncludeUsage);
