namespace MhcPipeline.Constraints.Patterns;

/// <summary>Matches the empty text at the end ($).</summary>
internal sealed class EndTerm : Term;
