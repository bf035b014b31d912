using MhcPipeline.Study.Statistics;
using Xunit;

namespace MhcPipeline.Study.Tests.Statistics;

public class ComparisonTests
{
    [Fact]
    public void A_difference_far_beyond_its_spread_over_seeds_wins() =>
        Assert.Equal(Outcome.Wins, Compare([1.70, 1.71, 1.72], [1.80, 1.82, 1.81]));

    [Fact]
    public void The_same_difference_seen_from_the_other_side_loses() =>
        Assert.Equal(Outcome.Loses, Compare([1.80, 1.82, 1.81], [1.70, 1.71, 1.72]));

    [Fact]
    public void A_difference_within_its_spread_over_seeds_ties() =>
        Assert.Equal(Outcome.Ties, Compare([1.70, 1.75, 1.80], [1.72, 1.73, 1.86]));

    [Fact]
    public void A_small_difference_that_every_seed_shows_alike_wins_however_much_seeds_differ() =>
        Assert.Equal(Outcome.Wins, Compare([1.70, 1.80, 1.90], [1.72, 1.821, 1.919]));

    [Fact]
    public void One_common_seed_decides_nothing() =>
        Assert.Equal(Outcome.Undecided, Compare([1.7], [1.8, 1.81]));

    [Fact]
    public void The_threshold_is_Students_of_the_differences()
    {
        // Differences -0.10, -0.11, -0.09: deviation 0.01, two degrees of freedom: 4.303 * 0.01 / sqrt(3).
        var comparison = new Comparison(Sample(1.70, 1.71, 1.72), Sample(1.80, 1.82, 1.81));
        Assert.Equal(0.02484, comparison.Threshold, 5);
        Assert.Equal(-0.1, comparison.Difference, 10);
    }

    [Fact]
    public void Without_pairs_it_is_Students_with_pooled_spread()
    {
        // Deviations 0.01 and 0.01, four degrees of freedom: 2.776 * 0.01 * sqrt(2/3).
        var comparison = new Comparison(Sample(1.70, 1.71, 1.72), Sample(1.80, 1.82, 1.81));
        Assert.Equal(0.02267, comparison.UnpairedThreshold, 5);
    }

    [Fact]
    public void Only_seeds_that_both_have_are_compared()
    {
        var comparison = new Comparison(Sample(1.70, 1.71), Sample(1.80, 1.82, 9));
        Assert.Equal(2, comparison.Seeds);
        Assert.Equal(-0.105, comparison.Difference, 10);
    }

    [Fact]
    public void A_variant_that_diverged_loses_to_one_that_did_not()
    {
        var diverged = Sample(1.0, 1.0) with { Diverged = 1 };
        var sound = Sample(2.0, 2.1, 2.2);
        Assert.Equal(Outcome.Loses, new Comparison(diverged, sound).Outcome);
        Assert.Equal(Outcome.Wins, new Comparison(sound, diverged).Outcome);
    }

    [Theory]
    [InlineData(new[] { 1.70, 1.71, 1.72 }, "**wins** against B: 1.7100 against 1.8100, 0.1000 lower")]
    [InlineData(new[] { 1.90, 1.91, 1.92 }, "**loses** to B: 1.9100 against 1.8100, 0.1000 higher")]
    [InlineData(new[] { 1.81, 1.81, 1.81 }, "**ties** with B")]
    [InlineData(new[] { 1.70 }, "**not decided**")]
    public void The_verdict_says_it_in_words(double[] losses, string expected) =>
        Assert.Contains(expected, Verdict.Sentence("A", Sample(losses), "B", Sample(1.80, 1.82, 1.81)), StringComparison.Ordinal);

    private static Outcome Compare(double[] first, double[] second) => new Comparison(Sample(first), Sample(second)).Outcome;

    /// <summary>Losses of the seeds 1, 2, …</summary>
    private static SeedSample Sample(params double[] losses) => new(losses.Index().ToDictionary(run => run.Index + 1L, run => run.Item));
}
