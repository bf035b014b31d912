namespace MhcPipeline.Constraints.Patterns;

/// <summary>A state of an automaton that is no regular expression's: comparison of numbers, remainders, lists of words.</summary>
/// <param name="state">The state, which has equality by value.</param>
internal sealed class LeafTerm(ILeafState state) : Term
{
    public ILeafState State { get; } = state;
}
