namespace OrderDesk;

/// <summary>A value that waits for a person.</summary>
/// <param name="Id">Names it.</param>
/// <param name="File">The document.</param>
/// <param name="Text">The document's text.</param>
/// <param name="Name">The field.</param>
/// <param name="Value">What the model read.</param>
/// <param name="Reason">Why it is doubtful.</param>
public sealed record Waiting(long Id, string File, string Text, string Name, string Value, string Reason);
