namespace MhcPipeline.Train.Report.Charts;

/// <summary>A linear axis between round numbers.</summary>
internal readonly record struct Axis(double Low, double High, double Step)
{
    /// <summary>The positions of its marks.</summary>
    internal IEnumerable<double> Ticks
    {
        get
        {
            for (int i = 0; Low + (i * Step) <= High + (Step / 1000); i++)
                yield return Low + (i * Step);
        }
    }

    /// <summary>An axis that holds every finite value; a value alone gets room on both sides.</summary>
    internal static Axis Around(IEnumerable<double> values, int ticks)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double value in values.Where(double.IsFinite))
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low > high)
            return new Axis(0, 1, 0.5);
        // Less than a ten-thousandth of the size is noise that should not fill the chart, and below 1e-12 steps would vanish in rounding.
        double least = Math.Max(1e-4 * Math.Max(Math.Abs(low), Math.Abs(high)), 1e-12);
        if (high - low < least)
            (low, high) = (((low + high) / 2) - least, ((low + high) / 2) + least);
        double step = RoundUp((high - low) / ticks);
        return new Axis(Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, step);
    }

    /// <summary>An axis that ends exactly where the values end, for steps.</summary>
    internal static Axis Between(double low, double high, int ticks)
    {
        if (high <= low)
            high = low + 1;
        return new Axis(low, high, RoundUp((high - low) / ticks));
    }

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double RoundUp(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step))), digit = step / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    }
}
