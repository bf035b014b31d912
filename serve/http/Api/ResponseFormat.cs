namespace MhcPipeline.Serve.Api;

/// <summary>The form that the answer has to have.</summary>
public sealed record ResponseFormat
{
    /// <summary>text.</summary>
    public string? Type { get; init; }
}
