namespace MhcPipeline.Engine.Answers;

/// <summary>Whether the model has to call tools.</summary>
/// <param name="Mode">None, as it likes, or at least one.</param>
/// <param name="Name">The only one that it may call; null for any.</param>
public sealed record ToolChoice(ToolMode Mode, string? Name = null)
{
    /// <summary>The model answers in text.</summary>
    public static ToolChoice None { get; } = new(ToolMode.None);

    /// <summary>The model answers in text, or calls tools.</summary>
    public static ToolChoice Auto { get; } = new(ToolMode.Auto);

    /// <summary>The model calls one tool or more.</summary>
    public static ToolChoice Required { get; } = new(ToolMode.Required);

    /// <summary>The model calls this tool.</summary>
    public static ToolChoice Named(string name) => new(ToolMode.Required, name);
}
