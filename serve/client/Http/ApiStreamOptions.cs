namespace MhcPipeline.Client.Http;

/// <summary>Asks for a last chunk with the numbers of tokens.</summary>
internal sealed record ApiStreamOptions(bool IncludeUsage);
