namespace MhcPipeline.Study.Statistics;

/// <summary>Mean and spread of a few numbers.</summary>
internal static class Spread
{
    /// <summary>The mean; NaN of none.</summary>
    public static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();

    /// <summary>The standard deviation, with one degree of freedom taken by the mean; NaN of fewer than two.</summary>
    public static double Deviation(IEnumerable<double> values)
    {
        double[] all = [.. values];
        double mean = Mean(all);
        return all.Length < 2 ? double.NaN : Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / (all.Length - 1));
    }
}
