using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>The middle of several measurements.</summary>
internal static class Median
{
    /// <summary>Of numbers, at least one; of an even count the mean of the two in the middle.</summary>
    public static double Of(params IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>Measures once more than asked, without the first, and less often when time is up.</summary>
    public static double Of(int count, Deadline deadline, Func<double> measure)
    {
        measure();
        List<double> values = [measure()];
        while (values.Count < count && !deadline.Over)
            values.Add(measure());
        return Of(values);
    }
}
