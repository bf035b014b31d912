namespace MhcPipeline.Connector.Http;

/// <summary>What the model says.</summary>
internal sealed record ApiMessage(string? Content);
