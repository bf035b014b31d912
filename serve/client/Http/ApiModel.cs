namespace MhcPipeline.Client.Http;

/// <summary>One model that the endpoint serves.</summary>
internal sealed record ApiModel(string Id);
