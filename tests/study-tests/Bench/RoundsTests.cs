using MhcPipeline.Bench;
using Xunit;

namespace MhcPipeline.Study.Tests.Bench;

public class RoundsTests
{
    [Fact]
    public void A_ratio_compares_sides_within_a_round_so_that_a_slow_moment_does_not_count()
    {
        // The machine was ten times slower in the second round, for both.
        var rounds = new Rounds(["a", "b"], [[1, 10, 1], [2, 20, 2]], steps: 4);
        Assert.Equal(0.5, rounds.Ratio("b", "a"));
    }

    [Fact]
    public void The_median_of_an_even_number_of_rounds_lies_between_the_middle_two() =>
        Assert.Equal(4 / 2.5, new Rounds(["a"], [[1, 2, 3, 4]], steps: 4).StepsPerSecond("a"));

    [Fact]
    public void Every_round_begins_with_another_side()
    {
        List<string> order = [];
        Rounds.Run([new Recorder("a", order), new Recorder("b", order)], rounds: 2, steps: 1, warmup: 1);
        Assert.Equal(["a", "b", "a", "b", "b", "a"], order); // a warm-up, then two rounds
    }

    private sealed class Recorder(string name, List<string> order) : ISide
    {
        public string Name => name;

        public double Run(int steps)
        {
            order.Add(name);
            return steps;
        }

        public void Dispose()
        {
        }
    }
}
