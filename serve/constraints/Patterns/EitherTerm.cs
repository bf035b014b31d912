namespace MhcPipeline.Constraints.Patterns;

/// <summary>Either of the terms.</summary>
internal sealed class EitherTerm(Term[] terms) : Term
{
    public Term[] Terms { get; } = terms;
}
