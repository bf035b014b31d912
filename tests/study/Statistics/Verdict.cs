using System.Globalization;

namespace MhcPipeline.Study.Statistics;

/// <summary>Comparisons in words, all of them computed.</summary>
internal static class Verdict
{
    /// <summary>One sentence on how the first did against the second.</summary>
    /// <param name="name">What the first is called.</param>
    /// <param name="sample">Its losses.</param>
    /// <param name="otherName">What the second is called.</param>
    /// <param name="other">Its losses.</param>
    public static string Sentence(string name, SeedSample sample, string otherName, SeedSample other)
    {
        var comparison = new Comparison(sample, other);
        string against = comparison.Outcome switch
        {
            Outcome.Wins => $"{name} **wins** against {otherName}",
            Outcome.Loses => $"{name} **loses** to {otherName}",
            Outcome.Ties => $"{name} **ties** with {otherName}",
            _ => $"{name} and {otherName}: **not decided**",
        };
        if (sample.Diverged + other.Diverged > 0)
            return $"{against}: {Diverged(name, sample)}, {Diverged(otherName, other)}.";
        if (comparison.Outcome == Outcome.Undecided)
            return $"{against}; it takes two seeds that both have, and there are {comparison.Seeds}.";
        string direction = comparison.Difference < 0 ? "lower" : "higher";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{against}: {sample.Mean:0.0000} against {other.Mean:0.0000}, {Math.Abs(comparison.Difference):0.0000} {direction} over the same seeds, of which chance explains up to {comparison.Threshold:0.0000} (unpaired {comparison.UnpairedThreshold:0.0000}).");
    }

    private static string Diverged(string name, SeedSample sample) => $"{name} diverged with {sample.Diverged} of {sample.Count + sample.Diverged} seeds";
}
