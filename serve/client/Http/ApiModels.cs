namespace MhcPipeline.Client.Http;

/// <summary>Answer of GET v1/models.</summary>
internal sealed record ApiModels(IReadOnlyList<ApiModel>? Data);
