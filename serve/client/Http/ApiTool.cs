namespace MhcPipeline.Client.Http;

/// <summary>A tool that the model is told of.</summary>
internal sealed record ApiTool(ApiFunction Function)
{
    public string Type { get; } = "function";
}
