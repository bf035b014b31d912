using System.Diagnostics;
using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Train.Command;

namespace MhcPipeline.Bench.Training;

/// <summary>
/// The memory that training takes. A fresh process loads the runtime and libtorch by training a model of one layer of 8, notes its resident
/// memory, then trains the case's model for three steps and notes the system's high-water mark (VmHWM). The difference is weights, gradients,
/// the optimizer's moments, and what a step keeps and needs on all replicas: all that grows with the model, and nothing that does not.
/// </summary>
internal static class StepMemory
{
    /// <summary>The first argument of a process that is measured.</summary>
    public const string Argument = "step-memory";

    private const int Steps = 3;

    /// <summary>Two replicas take and free blocks in an order of chance, and the holes between blocks change by up to a third from run to run.</summary>
    private const int Runs = 3;

    /// <summary>Measures in processes of their own, one after the other.</summary>
    /// <param name="setting">The case.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="recompute">True to keep the streams of some sites only.</param>
    /// <returns>Bytes, the median of some runs.</returns>
    /// <exception cref="PipelineException">A process failed.</exception>
    public static long Median(TrainingCase setting, string connection, bool recompute) =>
        Enumerable.Range(0, Runs).Select(_ => Measure(setting, connection, recompute)).Order().ElementAt(Runs / 2);

    private static long Measure(TrainingCase setting, string connection, bool recompute)
    {
        using var child = MeasuredProcess.Start(Repository.Program("MhcPipeline.Bench", "mhc-bench"), [Argument, setting.Name, connection, recompute.ToString()]);
        child.Wait();
        return child.ExitCode == 0 && long.TryParse(child.Output.Trim(), CultureInfo.InvariantCulture, out long bytes)
            ? bytes
            : throw new PipelineException($"Measuring the memory of {connection} at {setting.Name} ended with exit code {child.ExitCode}:\n{child.Output}");
    }

    /// <summary>What the measured process does: prints the bytes.</summary>
    public static void Run(string setting, string connection, bool recompute)
    {
        NativeThreads.OneAnOperation();
        NativeMemory.KeepFreedBlocks();
        TrainingCase measured = TrainingCase.Find(setting);
        var tiny = measured with
        {
            Model = measured.Model with { HiddenSize = 8, IntermediateSize = 8, NumHiddenLayers = 1, NumAttentionHeads = 1, NumKeyValueHeads = 1 },
            Training = measured.Training with { BlockSize = 8 },
        };
        using (PacedTraining first = tiny.Start(connection))
            first.Run(Steps);
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        long before = self.WorkingSet64;
        using PacedTraining training = measured.Start(connection, recompute);
        training.Run(Steps);
        self.Refresh();
        Console.WriteLine((self.PeakWorkingSet64 - before).ToString(CultureInfo.InvariantCulture));
    }
}
