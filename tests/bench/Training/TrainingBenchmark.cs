using MhcPipeline.Train.Command;

namespace MhcPipeline.Bench.Training;

/// <summary>
/// Speed and memory of training with every connection against the plain residual network, and of that against the same model in PyTorch:
/// all sides in one run, a few steps each by turns, the real training loop on all cores.
/// </summary>
internal sealed class TrainingBenchmark : IBenchmark
{
    private const int Turns = 7;
    private const string Baseline = "residual";

    public string Name => "training";

    public string Description => "tokens a second and memory of every connection, and of PyTorch where it is installed";

    public BenchReport Run()
    {
        NativeThreads.OneAnOperation(); // as mhc-train does, before libtorch is loaded
        NativeMemory.KeepFreedBlocks();
        var report = new BenchReport(Name);
        foreach (TrainingCase setting in TrainingCase.All)
        {
            Speed(report, setting);
            Memory(report, setting);
        }
        return report;
    }

    private static void Speed(BenchReport report, TrainingCase setting)
    {
        string[] connections = [.. setting.Connections];
        List<ISide> sides = [];
        List<string> peers = [];
        try
        {
            foreach (string connection in connections)
                sides.Add(setting.Start(connection));
            foreach (PyTorchPeer peer in Peers(setting))
            {
                Console.WriteLine($"{peer.Name}: {peer.Greeting}");
                report.Peers.Add($"{peer.Name}: {peer.Greeting}");
                sides.Add(peer);
                peers.Add(peer.Name);
            }
            Console.WriteLine($"{setting.Name}: {sides.Count} sides, {Turns} turns of {setting.StepsARound} steps each");
            Rounds rounds = Rounds.Run(sides, Turns, setting.StepsARound, warmup: Math.Max(2, setting.StepsARound / 2));

            foreach (string side in rounds.Sides)
                report.Add($"{side}, {setting.Name}", "speed", rounds.StepsPerSecond(side) * setting.TokensAStep, "tokens/s");
            foreach (string connection in connections.Where(c => c != Baseline))
                report.Ratios[$"{connection}_over_{Baseline}.{setting.Name}"] = rounds.Ratio(connection, Baseline);
            if (peers.MaxBy(rounds.StepsPerSecond) is { } fastest)
                report.Ratios[$"{Baseline}_over_pytorch.{setting.Name}"] = rounds.Ratio(Baseline, fastest);
        }
        finally
        {
            foreach (ISide side in sides)
                side.Dispose();
        }
    }

    /// <summary>
    /// PyTorch at nanoGPT's setting, with the number of threads that it chooses and, where that is another, with one a processor: the ratio
    /// is against the faster of the two.
    /// </summary>
    private static IEnumerable<PyTorchPeer> Peers(TrainingCase setting)
    {
        if (setting.Name != "nanogpt")
            yield break;
        if (PyTorchPeer.FindPython() is not { } python)
        {
            Console.WriteLine("No python3 here can import torch: the comparison with PyTorch is left out (Debian: apt install python3-torch libopenblas0).");
            yield break;
        }
        PyTorchPeer chosen = PyTorchPeer.Start(python, setting, threads: 0);
        yield return chosen;
        if (!chosen.Greeting.Contains($" {Environment.ProcessorCount} threads", StringComparison.Ordinal))
            yield return PyTorchPeer.Start(python, setting, Environment.ProcessorCount);
    }

    private static void Memory(BenchReport report, TrainingCase setting)
    {
        long plain = StepMemory.Median(setting, Baseline, recompute: false);
        report.Add($"{Baseline}, {setting.Name}", "memory of training", plain / 1e6, "MB");
        foreach (string connection in setting.Connections.Where(c => c != Baseline))
        {
            Add(connection, "", StepMemory.Median(setting, connection, recompute: false));
            Add(connection, "_recompute", StepMemory.Median(setting, connection, recompute: true));
        }

        void Add(string connection, string mode, long peak)
        {
            report.Add($"{connection}{mode.Replace('_', ' ')}, {setting.Name}", "memory of training", peak / 1e6, "MB");
            report.Ratios[$"memory_{connection}{mode}_over_{Baseline}.{setting.Name}"] = (double)peak / plain;
        }
    }
}
