namespace MhcPipeline.Constraints.Patterns;

/// <summary>Matches the empty text.</summary>
internal sealed class EmptyTerm : Term;
