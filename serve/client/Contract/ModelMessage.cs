namespace MhcPipeline.Client.Contract;

/// <summary>A message of a conversation.</summary>
/// <param name="Role">system, user, assistant or tool.</param>
/// <param name="Text">What was said, or what the tool gave back.</param>
public sealed record ModelMessage(string Role, string Text)
{
    /// <summary>The calls that an assistant's message makes.</summary>
    public IReadOnlyList<ModelCall> Calls { get; init; } = [];

    /// <summary>Of a tool's message, the call that it answers.</summary>
    public string? CallId { get; init; }
}
