namespace MhcPipeline.Constraints.Patterns;

/// <summary>All of the terms at once.</summary>
internal sealed class BothTerm(Term[] terms) : Term
{
    public Term[] Terms { get; } = terms;
}
