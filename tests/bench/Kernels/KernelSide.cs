using System.Diagnostics;

namespace MhcPipeline.Bench.Kernels;

/// <summary>One side of a <see cref="KernelCase"/>, whose steps are passes.</summary>
/// <param name="name">What it is called.</param>
/// <param name="pass">One pass.</param>
internal sealed class KernelSide(string name, Action pass) : ISide
{
    public string Name => name;

    public double Run(int steps)
    {
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
            pass();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
    }
}
