using System.Diagnostics;
using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Bench.Inference;

/// <summary>
/// What a schema costs: tokens a second with and without one, in our engine (forced text one by one, and at once) and in onnxruntime-genai, whose guidance is
/// llguidance; and the pace of a plain stream beside 32 answers of different schemas.
/// </summary>
internal sealed class ConstraintBenchmark : IBenchmark
{
    private const int Turns = 5, Generated = 128, Prompt = 32, PaceTurns = 3, Beside = 32, Gaps = 128;

    /// <summary>No answer of the length that is measured ends it.</summary>
    private const string Endless = """{"type":"array","minItems":1000,"items":{"type":"object","properties":{"name":{"type":"string","maxLength":12},"count":{"type":"integer","minimum":0,"maximum":999},"kind":{"enum":["chair","table","lamp"]}},"required":["name","count","kind"],"additionalProperties":false}}""";

    private readonly RandomPrompts _prompts = new();

    public string Name => "constraints";

    public string Description => "what a JSON Schema costs an answer, and others beside it";

    public BenchReport Run()
    {
        var report = new BenchReport(Name);
        foreach (ModelSize size in (ModelSize[])[ModelSize.Default(), ModelSize.Large])
        {
            using var models = new GeneratedModels();
            Console.WriteLine($"{size.Name}: writing the model");
            RunFolder run = models.Export(size, "mhc", new ExportOptions { Precision = ExportPrecision.Float32 });
            Speed(report, size, run);
            Pace(report, size, run);
        }
        return report;
    }

    private void Speed(BenchReport report, ModelSize size, RunFolder run)
    {
        using var engine = new EngineGenerator("engine", run, new EngineOptions());
        using var plain = new GenAiGenerator("genai", run.OnnxFolder, Environment.ProcessorCount);
        using var guided = new GenAiGenerator("genai, schema", run.OnnxFolder, Environment.ProcessorCount, Endless);
        GenerationRequest stepwise = Plan(engine.Engine, Endless).Generation with { MaxTokens = Generated, JumpsForward = false }, jumping = stepwise with { JumpsForward = true };
        int[] prompt = [.. stepwise.Prompt];
        ISide[] sides =
        [
            Texts("engine", () => Seconds(engine, stepwise with { Grammar = null, IgnoreEndOfText = true })),
            Texts("engine, schema, token by token", () => Seconds(engine, stepwise)),
            Texts("engine, schema", () => Seconds(engine, jumping)),
            Texts(plain.Name, () => plain.Generate(prompt, Generated).All),
            Texts(guided.Name, () => guided.Generate(prompt, Generated).All),
        ];
        int tokens = Generated * size.TextsATurn;
        Rounds rounds = Rounds.Run(sides, Turns, tokens, warmup: tokens);
        foreach (string side in rounds.Sides)
            report.Add($"{size.Name}, {side}", "one text", rounds.StepsPerSecond(side), "tokens/s");
        report.Ratios[$"schema_over_plain.{size.Name}"] = rounds.Ratio(sides[2].Name, sides[0].Name);
        report.Ratios[$"schema_stepwise_over_plain.{size.Name}"] = rounds.Ratio(sides[1].Name, sides[0].Name);
        report.Ratios[$"genai_schema_over_plain.{size.Name}"] = rounds.Ratio(sides[4].Name, sides[3].Name);
        report.Ratios[$"schema_over_genai_schema.{size.Name}"] = rounds.Ratio(sides[2].Name, sides[4].Name);

        Side Texts(string name, Func<double> seconds) => new(name, _ => Enumerable.Range(0, size.TextsATurn).Sum(_ => seconds()));
    }

    /// <summary>Times between the tokens of a plain stream: alone, beside as many plain answers, and beside answers of schemas that nobody has asked for before.</summary>
    private void Pace(BenchReport report, ModelSize size, RunFolder run)
    {
        using var engine = new EngineGenerator("engine", run, new EngineOptions { Slots = Beside + 1 });
        int schemas = 0;
        List<double> alone = [], plain = [], constrained = [];
        for (int turn = 0; turn < PaceTurns; turn++)
        {
            alone.AddRange(GapsBeside(engine.Engine, () => null));
            plain.AddRange(GapsBeside(engine.Engine, () => new GenerationRequest { Prompt = _prompts.Next(Prompt), MaxTokens = Generated, IgnoreEndOfText = true }));
            constrained.AddRange(GapsBeside(engine.Engine, () => Plan(engine.Engine, Endless.Replace("lamp", $"lamp{schemas++}", StringComparison.Ordinal)).Generation with { MaxTokens = Generated }));
        }
        foreach ((string name, List<double> gaps) in ((string, List<double>)[])[("alone", alone), ($"beside {Beside} plain", plain), ($"beside {Beside} schemas", constrained)])
        {
            report.Add($"{size.Name}, a stream {name}", "between tokens, p50", Percentile(gaps, 0.5) * 1000, "ms");
            report.Add($"{size.Name}, a stream {name}", "between tokens, p99", Percentile(gaps, 0.99) * 1000, "ms");
        }
        report.Ratios[$"p99_beside_schemas_over_beside_plain.{size.Name}"] = Percentile(constrained, 0.99) / Percentile(plain, 0.99);
        report.Ratios[$"p99_beside_schemas_over_alone.{size.Name}"] = Percentile(constrained, 0.99) / Percentile(alone, 0.99);
    }

    /// <summary>A stream's times between tokens while others, each of which is followed by another, are answered.</summary>
    private List<double> GapsBeside(InferenceEngine engine, Func<GenerationRequest?> next)
    {
        using var ends = new CancellationTokenSource();
        Task[] others = [.. Enumerable.Range(0, Beside).Select(_ => Task.Run(async () =>
        {
            while (!ends.IsCancellationRequested && next() is { } request)
            {
                await foreach (GenerationChunk chunk in engine.GenerateAsync(request, ends.Token))
                {
                }
            }
        }))];
        List<double> gaps = GapsAsync(engine, new GenerationRequest { Prompt = _prompts.Next(Prompt), MaxTokens = Gaps, IgnoreEndOfText = true }).GetAwaiter().GetResult();
        ends.Cancel();
        Task.WaitAll(others);
        return gaps;
    }

    private static async Task<List<double>> GapsAsync(InferenceEngine engine, GenerationRequest request)
    {
        List<double> gaps = [];
        long last = 0;
        await foreach (GenerationChunk chunk in engine.GenerateAsync(request))
        {
            if (chunk.TokenId is null)
                continue;
            long now = Stopwatch.GetTimestamp();
            if (last != 0)
                gaps.Add(Stopwatch.GetElapsedTime(last, now).TotalSeconds);
            last = now;
        }
        return gaps;
    }

    private static double Seconds(EngineGenerator engine, GenerationRequest request) => engine.GenerateAsync(request).GetAwaiter().GetResult().All;

    private static AnswerPlan Plan(InferenceEngine engine, string schema) => engine.PlanAsync(new AnswerRequest
    {
        Turns = [new ChatTurn("user", "List them.")],
        Format = new AnswerFormat.JsonSchema(JsonElement.Parse(schema), Strict: true),
        Sampling = new SamplingOptions { Temperature = 0 },
    }).GetAwaiter().GetResult();

    private static double Percentile(List<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)(share * (sorted.Length - 1))];
    }
}
