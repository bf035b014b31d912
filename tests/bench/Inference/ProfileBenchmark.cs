using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Bench.Inference;

/// <summary>
/// Where a decode step's time goes: ONNX Runtime's own measurement of every operator, for one stream and for 16. Measuring itself takes a few
/// microseconds an operator, so times of small operators are too large, and steps of many operators much too long.
/// </summary>
internal sealed class ProfileBenchmark : IBenchmark
{
    private const int Steps = 128, Counted = 96, Most = 16, Shown = 6;

    public string Name => "profile";

    public string Description => "a decode step of our engine by operator: fused, standard and residual, one stream and 16";

    public BenchReport Run() => InferenceCase.MeasureAll(Name, Measure);

    private static void Measure(BenchReport report, InferenceCase measured)
    {
        using var models = new GeneratedModels();
        foreach ((string side, RunFolder run) in measured.Export(models))
        {
            foreach (int streams in new[] { 1, Most })
                Add(report, $"{measured.Name}, {side}, {streams}", Profile(run, models.In("profile"), streams));
        }
    }

    /// <summary>ONNX Runtime's events while as many texts as there are slots grow together.</summary>
    private static JsonElement[] Profile(RunFolder run, string prefix, int streams)
    {
        using (var engine = new EngineGenerator("engine", run, new EngineOptions { Slots = streams, Profile = prefix }))
            Task.WhenAll(Enumerable.Range(0, streams).Select(i => Task.Run(() => engine.GenerateAsync([i], Steps)))).GetAwaiter().GetResult();
        string file = Directory.GetFiles(Path.GetDirectoryName(prefix)!, $"{Path.GetFileName(prefix)}*").Single();
        using FileStream stream = File.OpenRead(file);
        JsonElement[] events = JsonSerializer.Deserialize<JsonElement[]>(stream)!;
        File.Delete(file);
        return events;
    }

    /// <summary>Means of a step over the last ones in which all texts grow.</summary>
    private static void Add(BenchReport report, string name, JsonElement[] events)
    {
        JsonElement[] steps = [.. events.Where(e => Text(e, "name") == "model_run").OrderBy(Start).SkipLast(Steps / 8).TakeLast(Counted)];
        double begin = Start(steps[0]), end = Start(steps[^1]) + Duration(steps[^1]);
        var operators = events
            .Where(e => Text(e, "cat") == "Node" && Text(e, "name").EndsWith("_kernel_time", StringComparison.Ordinal) && Start(e) >= begin && Start(e) < end)
            .GroupBy(e => Text(e.GetProperty("args"), "op_name"))
            .Select(group => (Name: group.Key, Count: group.Count() / Counted, Microseconds: group.Sum(Duration) / Counted))
            .OrderByDescending(of => of.Microseconds).ToArray();
        report.Add(name, "a step", steps.Sum(Duration) / Counted, "µs");
        foreach (var of in operators.Take(Shown))
            report.Add(name, $"{of.Count} {of.Name}", of.Microseconds, "µs");
        report.Add(name, $"{operators.Skip(Shown).Sum(of => of.Count)} others", operators.Skip(Shown).Sum(of => of.Microseconds), "µs");

        static string Text(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
        static double Start(JsonElement e) => e.GetProperty("ts").GetDouble();
        static double Duration(JsonElement e) => e.GetProperty("dur").GetDouble();
    }
}
