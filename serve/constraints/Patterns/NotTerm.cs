namespace MhcPipeline.Constraints.Patterns;

/// <summary>Every text that the term does not match.</summary>
internal sealed class NotTerm(Term term) : Term
{
    public Term Term { get; } = term;
}
