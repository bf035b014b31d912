namespace MhcPipeline.Serve.Api;

/// <summary>The next piece of a streamed message.</summary>
public sealed record ChatDelta
{
    /// <summary>assistant, in the first chunk only.</summary>
    public string? Role { get; init; }

    /// <summary>Text, complete characters only.</summary>
    public string? Content { get; init; }

    /// <summary>The next piece of a call.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }
}
