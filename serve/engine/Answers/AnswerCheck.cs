namespace MhcPipeline.Engine.Answers;

/// <summary>How a finished answer fits a schema of which a part could not be enforced while it was generated.</summary>
/// <param name="Checked">The keywords that were not enforced, as JSON pointers into the schema.</param>
/// <param name="Error">Why the answer does not fit; null where it does.</param>
public sealed record AnswerCheck(IReadOnlyList<string> Checked, string? Error);
