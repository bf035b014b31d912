namespace MhcPipeline.Study.Statistics;

/// <summary>
/// Two variants' losses compared by Student's two-sided paired test at 5 %: runs of one seed see the same data in the same order, which a
/// good part of the spread between seeds comes from, so what counts is the difference within each seed. It decides when the mean of the
/// differences exceeds t * s / sqrt(seeds), s their deviation. A variant that diverged with a seed loses to one that did not.
/// </summary>
internal readonly struct Comparison
{
    // The 97.5 % quantiles of Student's t for 1, 2, … degrees of freedom; more than ten are judged as strictly as ten.
    private static readonly double[] _t = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

    private readonly SeedSample _first, _second;

    /// <param name="first">The variant that is judged.</param>
    /// <param name="second">What it is judged against.</param>
    public Comparison(SeedSample first, SeedSample second)
    {
        (_first, _second) = (first, second);
        double[] differences = [.. first.Losses.Where(run => second.Losses.ContainsKey(run.Key)).Select(run => run.Value - second.Losses[run.Key])];
        Seeds = differences.Length;
        Difference = Spread.Mean(differences);
        Threshold = Seeds < 2 ? double.NaN : Quantile(Seeds - 1) * Spread.Deviation(differences) / Math.Sqrt(Seeds);
    }

    /// <summary>Seeds that both have.</summary>
    public int Seeds { get; }

    /// <summary>The mean over these seeds of the first loss less the second; negative is better for the first.</summary>
    public double Difference { get; }

    /// <summary>The largest difference that chance explains; NaN with fewer than two seeds.</summary>
    public double Threshold { get; }

    /// <summary>The same if the seeds were not paired, t * s * sqrt(1/n1 + 1/n2) with the pooled spread s: for readers who want the stricter test.</summary>
    public double UnpairedThreshold
    {
        get
        {
            if (_first.Count < 2 || _second.Count < 2)
                return double.NaN;
            int freedom = _first.Count + _second.Count - 2;
            double squares = ((_first.Count - 1) * _first.Deviation * _first.Deviation) + ((_second.Count - 1) * _second.Deviation * _second.Deviation);
            return Quantile(freedom) * Math.Sqrt(squares / freedom) * Math.Sqrt((1.0 / _first.Count) + (1.0 / _second.Count));
        }
    }

    /// <summary>The verdict on the first.</summary>
    public Outcome Outcome => (_first.Diverged > 0) != (_second.Diverged > 0) ? (_first.Diverged > 0 ? Outcome.Loses : Outcome.Wins)
        : _first.Diverged > 0 || double.IsNaN(Threshold) ? Outcome.Undecided
        : Difference < -Threshold ? Outcome.Wins
        : Difference > Threshold ? Outcome.Loses
        : Outcome.Ties;

    private static double Quantile(int freedom) => _t[Math.Min(freedom, _t.Length) - 1];
}
