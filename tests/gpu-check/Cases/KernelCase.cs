using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.GpuCheck.Memory;
using MhcPipeline.GpuCheck.Sites;

namespace MhcPipeline.GpuCheck.Cases;

/// <summary>Launches on random numbers, compared with what a CPU kernel makes of the same numbers.</summary>
internal abstract class KernelCase
{
    /// <summary>What differs from the CPU's results, and by how much; empty when all is right.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>Everything that was written, in one order.</summary>
    public List<float[]> Written { get; } = [];

    /// <summary>Of the numbers.</summary>
    public int Seed { get; init; }

    /// <summary>Multiplies every limit: the shim's arithmetic on the CPU is float32's, a GPU's has instructions of its own.</summary>
    public double Slack { get; init; } = 1;

    /// <summary>Runs the launches and compares.</summary>
    public abstract void Run(ILauncher launcher, DeviceArrays memory);

    /// <summary>Normally distributed numbers of the case's seed.</summary>
    /// <param name="count">How many.</param>
    /// <param name="which">Tells a case's arrays apart.</param>
    /// <param name="deviation">Their standard deviation.</param>
    protected float[] Normal(int count, int which, double deviation = 1) => SiteNumbers.Normal(count, (Seed * 31) + which, deviation);

    /// <summary>Every number within what rounding to its type loses, and within a part of the largest.</summary>
    protected void Within(string name, ReadOnlySpan<float> expected, float[] actual, CudaElement type, double limit)
    {
        Written.Add(actual);
        double stored = type == CudaElement.BFloat16 ? 1.0 / 256 : 0, largest = 0, worst = 0;
        foreach (float value in expected)
            largest = Math.Max(largest, Math.Abs(value));
        for (int k = 0; k < expected.Length; k++)
        {
            double error = Math.Abs((double)expected[k] - actual[k]) - (stored * Math.Abs(expected[k]));
            worst = double.IsNaN(error) ? double.PositiveInfinity : Math.Max(worst, error / Math.Max(largest, 1e-30));
        }
        if (worst > limit * Slack || actual.Length != expected.Length)
            Wrong.Add($"{name}: {worst:G3} of the largest, limit {limit * Slack:G3}");
    }
}
