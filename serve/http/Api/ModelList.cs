namespace MhcPipeline.Serve.Api;

/// <summary>Answer of GET /v1/models.</summary>
/// <param name="Data">The models; this server has one.</param>
public sealed record ModelList(IReadOnlyList<ModelInfo> Data)
{
    /// <summary>list.</summary>
    public string Object { get; init; } = "list";
}
