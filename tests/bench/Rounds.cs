namespace MhcPipeline.Bench;

/// <summary>
/// Measures sides by turns, so that whatever else the machine does meets all of them: figures of different moments are never compared.
/// </summary>
/// <param name="sides">Those who take turns.</param>
/// <param name="seconds">Of each side (first index) in each round.</param>
/// <param name="steps">Steps of a turn.</param>
internal sealed class Rounds(IReadOnlyList<string> sides, double[][] seconds, int steps)
{
    /// <summary>Runs the rounds. Every round begins with another side, since the first of a round may find the machine in another state.</summary>
    /// <param name="sides">Those who take turns.</param>
    /// <param name="rounds">How many turns each has.</param>
    /// <param name="steps">Steps of a turn.</param>
    /// <param name="warmup">Steps of each side before the first round, not counted.</param>
    public static Rounds Run(IReadOnlyList<ISide> sides, int rounds, int steps, int warmup)
    {
        double[][] seconds = [.. sides.Select(_ => new double[rounds])];
        foreach (ISide side in sides)
            side.Run(warmup);
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < sides.Count; i++)
            {
                int side = (round + i) % sides.Count;
                seconds[side][round] = sides[side].Run(steps);
            }
        }
        return new Rounds([.. sides.Select(side => side.Name)], seconds, steps);
    }

    /// <summary>All rounds of the same sides as one.</summary>
    public static Rounds Join(IReadOnlyList<Rounds> parts) =>
        new(parts[0].Sides, [.. parts[0].Sides.Select(side => parts.SelectMany(part => part.Seconds(side)).ToArray())], parts[0].Steps);

    /// <summary>Steps of a turn.</summary>
    private int Steps => steps;

    /// <summary>The sides' names.</summary>
    public IReadOnlyList<string> Sides => sides;

    /// <summary>Steps a second of a side: the median of its rounds.</summary>
    public double StepsPerSecond(string side) => Steps / Median(Seconds(side));

    /// <summary>How many times faster <paramref name="side"/> is than <paramref name="other"/>: the median of the ratios within a round.</summary>
    public double Ratio(string side, string other) => Median(Seconds(other).Zip(Seconds(side), (theirs, its) => theirs / its));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }

    private double[] Seconds(string side)
    {
        for (int i = 0; i < sides.Count; i++)
        {
            if (sides[i] == side)
                return seconds[i];
        }
        throw new ArgumentException($"No side is called {side}.", nameof(side));
    }
}
