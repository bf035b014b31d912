namespace MhcPipeline.Constraints.Patterns;

/// <summary>Matches no text.</summary>
internal sealed class NothingTerm : Term;
