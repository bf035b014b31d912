using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export;
using MhcPipeline.Export.Graph;

namespace MhcPipeline.Bench.Inference;

/// <summary>Our engine with 1 to 16 requests at once, which decode as one batch: tokens a second of all together, and the time to the first token.</summary>
internal sealed class ThroughputBenchmark : IBenchmark
{
    private const int Turns = 5, Generated = 64, Prompt = 32, Most = 16;

    private static readonly int[] _streams = [1, 2, 4, 8, Most];

    private readonly RandomPrompts _prompts = new();

    public string Name => "throughput";

    public string Description => "our engine with 1 to 16 streams at once";

    public BenchReport Run() => InferenceCase.MeasureAll(Name, Measure);

    private void Measure(BenchReport report, InferenceCase measured)
    {
        using var models = new GeneratedModels();
        string model = measured.Name;
        Console.WriteLine($"{model}: writing the model");
        RunFolder run = models.Export(measured.Size, "mhc", new ExportOptions { Mode = ExportMode.Fused, Precision = measured.Precision });
        using var engine = new EngineGenerator("engine", run, new EngineOptions { Slots = Most });
        List<double> firsts = [];
        ISide[] sides = [.. _streams.Select(streams => new Side($"{streams} streams", _ => Together(engine, streams, firsts)))];
        Rounds rounds = Rounds.Run(sides, Turns, Generated, warmup: Generated);
        for (int i = 0; i < _streams.Length; i++)
        {
            report.Add($"{model}, {rounds.Sides[i]}", "all together", rounds.StepsPerSecond(rounds.Sides[i]) * _streams[i], "tokens/s");
            if (_streams[i] > 1)
                report.Ratios[$"streams{_streams[i]}_over_1.{measured.Key}"] = _streams[i] * rounds.Ratio(rounds.Sides[i], rounds.Sides[0]);
        }
        firsts = [.. firsts.TakeLast(Turns * Most).Order()]; // without the warm-up's
        report.Add($"{model}, {Most} streams", $"to the first token, median of a prompt of {Prompt}", firsts[firsts.Count / 2] * 1000, "ms");
        report.Add($"{model}, {Most} streams", "to the first token, last of all", firsts[^1] * 1000, "ms");
    }

    /// <summary>Seconds until all of some requests, made at once, are answered.</summary>
    private double Together(EngineGenerator engine, int streams, List<double> firsts)
    {
        int[][] prompts = [.. Enumerable.Range(0, streams).Select(_ => _prompts.Next(Prompt))];
        long start = Stopwatch.GetTimestamp();
        Generation[] generations = Task.WhenAll(prompts.Select(prompt => Task.Run(() => engine.GenerateAsync(prompt, Generated)))).GetAwaiter().GetResult();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (streams == Most)
            firsts.AddRange(generations.Select(generation => generation.First));
        return seconds;
    }
}
