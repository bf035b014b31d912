namespace MhcPipeline.Constraints.Patterns;

/// <summary>A number of repetitions.</summary>
/// <param name="term">What is repeated.</param>
/// <param name="min">At least so often.</param>
/// <param name="max">At most so often; -1 without limit.</param>
internal sealed class LoopTerm(Term term, int min, int max) : Term
{
    public Term Term { get; } = term;

    public int Min { get; } = min;

    public int Max { get; } = max;
}
