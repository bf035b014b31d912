namespace MhcPipeline.Study.Statistics;

/// <summary>The outcomes of one variant over its seeds.</summary>
/// <param name="Losses">Seed and loss of each run that came to its end.</param>
/// <param name="Diverged">How many did not.</param>
internal sealed record SeedSample(IReadOnlyDictionary<long, double> Losses, int Diverged = 0)
{
    /// <summary>The losses alone.</summary>
    public IEnumerable<double> Values => Losses.Values;

    /// <summary>How many seeds came to their end.</summary>
    public int Count => Losses.Count;

    /// <summary>Their mean; NaN of none.</summary>
    public double Mean => Spread.Mean(Losses.Values);

    /// <summary>The standard deviation, with one degree of freedom taken by the mean; NaN of fewer than two.</summary>
    public double Deviation => Spread.Deviation(Losses.Values);
}
