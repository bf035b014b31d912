using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Engine;
using MhcPipeline.Export;
using MhcPipeline.Train.Command;

namespace MhcPipeline.Bench.Inference;

/// <summary>
/// One stream: tokens a second of decoding (64 tokens after a prompt of 8, from the request to the last) and of prefill (256 tokens, from the
/// request to the first token of the answer), for mhc with fused operators, mhc with standard ones and the plain residual
/// network in our engine, and for the same residual network in onnxruntime-genai and llama.cpp; all sides by turns in one run.
/// </summary>
internal sealed class DecodeBenchmark : IBenchmark
{
    private const int Turns = 7, Decoded = 64, Prompt = 8, LongPrompt = 256, Compared = 16;
    private const double WarmUpSeconds = 2;
    private const string LlamaCpp = "llamacpp";

    private static readonly EngineOptions _oneSlot = new() { Slots = 1 };

    private readonly RandomPrompts _prompts = new();

    public string Name => "decode";

    public string Description => "one stream in our engine, fused, standard and residual, and in onnxruntime-genai and llama.cpp where they install";

    public BenchReport Run()
    {
        NativeThreads.OneAnOperation(); // for the drawing of weights; the engines bring threads of their own
        var report = new BenchReport(Name);
        foreach (InferenceCase measured in InferenceCase.All())
            Measure(report, measured);
        return report;
    }

    private void Measure(BenchReport report, InferenceCase measured)
    {
        (ModelSize size, ExportPrecision precision) = measured;
        using var models = new GeneratedModels();
        List<ITextGenerator> sides = [];
        try
        {
            Console.WriteLine($"{measured.Name}: writing the models");
            sides.Add(new EngineGenerator("mhc fused", models.Export(size, "mhc", new ExportOptions { Mode = ExportMode.Fused, Precision = precision }), _oneSlot));
            sides.Add(new EngineGenerator("mhc standard", models.Export(size, "mhc", new ExportOptions { Precision = precision }), _oneSlot));
            RunFolder residual = models.Export(size, "residual", new ExportOptions { Precision = precision });
            sides.Add(new EngineGenerator("residual", residual, _oneSlot));
#if GENAI
            sides.Add(new GenAiGenerator("genai", residual.OnnxFolder));
#else
            Console.WriteLine("onnxruntime-genai is not here (see `make deps`): left out");
#endif
            if (LlamaCppGenerator.Install() is { } installed)
            {
                ModelConfig config = size.Config("residual");
                using SafetensorsFile weights = SafetensorsFile.Open(models.Weights(size, "residual"));
                GgufFile.Write(models.In("residual.gguf"), config, weights, precision == ExportPrecision.Int8);
                foreach (int threads in new[] { 1, Environment.ProcessorCount }.Distinct()) // which is faster differs from machine to machine
                    sides.Add(LlamaCppGenerator.Start($"{LlamaCpp}, threads: {threads}", installed, models.In("residual.gguf"), config.MaxPositionEmbeddings, threads));
            }
            else
            {
                Console.WriteLine("npm cannot install node-llama-cpp here: llama.cpp is left out");
            }
            Compare([.. sides.Skip(2)], precision);

            foreach (ITextGenerator side in sides)
                WarmUp(side);
            Add(report, measured, "decode", "", Turn(sides, size, Prompt, Decoded, Decoded));
            Add(report, measured, "prefill", "prefill_", Turn(sides, size, LongPrompt, 1, LongPrompt));
        }
        finally
        {
            foreach (ITextGenerator side in sides)
                side.Dispose();
        }
    }

    /// <summary>Until the compiler and the processors' clocks have settled.</summary>
    private void WarmUp(ITextGenerator side)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds)
            side.Generate(_prompts.Next(Prompt), Decoded);
    }

    /// <summary>Steps are tokens: those of all texts of a turn.</summary>
    private Rounds Turn(IReadOnlyList<ITextGenerator> sides, ModelSize size, int prompt, int count, int tokens) => Rounds.Run(
        [.. sides.Select(side => new Side(side.Name, _ => Enumerable.Range(0, size.TextsATurn).Sum(_ => side.Generate(_prompts.Next(prompt), count).All)))],
        Turns, size.TextsATurn * tokens, warmup: 1);

    private static void Add(BenchReport report, InferenceCase measured, string metric, string prefix, Rounds rounds)
    {
        foreach (string side in rounds.Sides)
            report.Add($"{measured.Name}, {side}", metric, rounds.StepsPerSecond(side), "tokens/s");
        Ratio("mhc_over_residual", "mhc fused", "residual");
        Ratio("fused_over_standard", "mhc fused", "mhc standard");
        Ratio("engine_over_genai", "residual", "genai");
        Ratio("engine_over_llamacpp", "residual", LlamaCpp);

        // Against the fastest of the sides whose names begin so; nothing where none is here.
        void Ratio(string key, string side, string other)
        {
            if (rounds.Sides.Where(name => name.StartsWith(other, StringComparison.Ordinal)).MaxBy(rounds.StepsPerSecond) is { } fastest)
                report.Ratios[$"{prefix}{key}.{measured.Key}"] = rounds.Ratio(side, fastest);
        }
    }

    /// <summary>In float32 the programs must give the same tokens, or they would not run the same model; quantized products differ in rounding.</summary>
    private void Compare(IReadOnlyList<ITextGenerator> same, ExportPrecision precision)
    {
        int[] prompt = _prompts.Next(Prompt);
        int[][] tokens = [.. same.Select(side => side.Generate(prompt, Compared).Tokens.ToArray())];
        for (int i = 1; i < same.Count && precision == ExportPrecision.Float32; i++)
        {
            if (!tokens[i].SequenceEqual(tokens[0]))
                throw new PipelineException($"{same[i].Name} continues a prompt with {string.Join(" ", tokens[i])}, {same[0].Name} with {string.Join(" ", tokens[0])}: they do not run the same model.");
        }
    }
}
