namespace MhcPipeline.Constraints.Patterns;

/// <summary>One code point of a set.</summary>
internal sealed class SetTerm(CodePoints set) : Term
{
    public CodePoints Set { get; } = set;
}
