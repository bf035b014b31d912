using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>Launches on random numbers, compared with what a CPU kernel makes of the same numbers.</summary>
internal abstract class KernelCase
{
    /// <summary>What differs from the CPU's results, and by how much; empty when all is right.</summary>
    public List<string> Wrong { get; } = [];

    /// <summary>Everything that was written, in one order.</summary>
    public List<float[]> Written { get; } = [];

    /// <summary>Runs the launches in memory of their own.</summary>
    public void Run(ILauncher launcher)
    {
        using var memory = new HostMemory();
        Run(launcher, memory);
        memory.Check();
    }

    /// <summary>The same in memory that a launcher knows.</summary>
    public abstract void Run(ILauncher launcher, HostMemory memory);

    /// <summary>Whether a run finds something wrong, of what a GPU would not have survived or in its results.</summary>
    public bool Fails(ILauncher launcher)
    {
        try
        {
            Run(launcher);
        }
        catch (KernelFailureException)
        {
            return true;
        }
        return Wrong.Count > 0;
    }

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
        if (worst > limit || actual.Length != expected.Length)
            Wrong.Add($"{name}: {worst:G3} of the largest, limit {limit:G3}");
    }
}
