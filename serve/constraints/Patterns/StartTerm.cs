namespace MhcPipeline.Constraints.Patterns;

/// <summary>Matches the empty text at the start (^).</summary>
internal sealed class StartTerm : Term;
