using MhcPipeline.Core.Kernels;
using MhcPipeline.Train.Command;
using static TorchSharp.torch;

namespace MhcPipeline.Bench.Kernels;

/// <summary>
/// Time of every kernel, forward and backward together, against the tensor operations that it replaces, by turns in one run; on one
/// processor, as each replica of a small model trains, and on all. Kernels that memory bounds are also held against how fast the machine copies.
/// </summary>
internal sealed class KernelBenchmark : IBenchmark
{
    private const int Turns = 9;

    /// <summary>Seconds of a turn of the faster side: long against the clock and against threads that still spin from the other side's turn.</summary>
    private const double Turn = 0.05;

    public string Name => "kernels";

    public string Description => "each kernel against the tensor operations that it replaces, and against the speed of copying";

    public BenchReport Run()
    {
        NativeThreads.OneAnOperation(); // as mhc-train does, before libtorch is loaded
        NativeMemory.KeepFreedBlocks();
        var report = new BenchReport(Name);
        double bandwidth = CopyBandwidth.Measure();
        report.Add("copy of 256 MB", "read and written", bandwidth / 1e9, "GB/s");
        foreach (KernelCase kernel in ConnectionCases.All().Concat(SublayerCases.All()))
        {
            report.Ratios[$"fused_speedup.{kernel.Name}"] = Compare(report, kernel, threads: 1, out _);
            report.Ratios[$"fused_speedup_all_threads.{kernel.Name}"] = Compare(report, kernel, Environment.ProcessorCount, out double seconds);
            if (kernel.Bytes is { } bytes)
                report.Ratios[$"bandwidth_fraction.{kernel.Name}"] = bytes / seconds / bandwidth;
        }
        return report;
    }

    /// <summary>The composed side's time over the fused side's: the median of the ratios within a round.</summary>
    private static double Compare(BenchReport report, KernelCase kernel, int threads, out double fusedSeconds)
    {
        set_num_threads(threads);
        KernelThreads.Limit = threads;
        using KernelSide composed = new("composed", kernel.Composed), fused = new("fused", kernel.Fused);
        fused.Run(20); // compiled in full by then
        int passes = Math.Max(1, (int)(Turn / (fused.Run(5) / 5)));
        Rounds rounds = Rounds.Run([composed, fused], Turns, passes, warmup: Math.Min(passes, 5));
        foreach (string side in rounds.Sides)
            report.Add($"{kernel.Name}, {side}", threads == 1 ? "time on one processor" : $"time on {threads}", 1e3 / rounds.StepsPerSecond(side), "ms");
        fusedSeconds = 1 / rounds.StepsPerSecond("fused");
        return rounds.Ratio("fused", "composed");
    }
}
