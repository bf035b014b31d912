namespace MhcPipeline.Constraints.Patterns;

/// <summary>One after the other.</summary>
internal sealed class SequenceTerm(Term first, Term rest) : Term
{
    public Term First { get; } = first;

    public Term Rest { get; } = rest;
}
