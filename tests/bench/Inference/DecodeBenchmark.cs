using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Bench.Inference;

/// <summary>
/// One stream: tokens a second of decoding (64 tokens after a prompt of 8, from the request to the last) and of prefill (256 tokens, from the
/// request to the first token of the answer), for mhc with fused operators, mhc with standard ones and the plain residual
/// network in our engine, and for the same residual network in onnxruntime-genai and llama.cpp; all sides by turns in one run. The other programs
/// are tried with one thread and with all, and compared with the number that is faster. Everything is loaded anew several times, since where a model lies in memory moves its speed.
/// </summary>
internal sealed class DecodeBenchmark : IBenchmark
{
    private const int Loads = 3, Turns = 3, Decoded = 64, Prompt = 8, LongPrompt = 256, Compared = 16;
    private const double WarmUpSeconds = 2;

    private readonly RandomPrompts _prompts = new();

    public string Name => "decode";

    public string Description => "one stream in our engine, fused, standard and residual, and in onnxruntime-genai and llama.cpp where they install";

    public BenchReport Run() => InferenceCase.MeasureAll(Name, Measure);

    private void Measure(BenchReport report, InferenceCase measured)
    {
        ModelSize size = measured.Size;
        using var models = new GeneratedModels();
        List<Program> programs = Programs(models, measured);
        List<Rounds> decode = [], prefill = [];
        string[]? decoding = null, reading = null;
        for (int load = 0; load < Loads; load++)
        {
            List<ITextGenerator> sides = [];
            try
            {
                foreach (Program program in programs.Where(program => decoding is null || decoding.Contains(program.Name) || reading!.Contains(program.Name)))
                    sides.Add(program.Load(program.Name));
                if (load == 0)
                    Compare([.. sides.Skip(2)], measured.Precision);
                decoding ??= Fastest(sides, Prompt, Decoded);
                reading ??= Fastest(sides, LongPrompt, 1);
                decode.Add(Turn(sides.Where(side => decoding.Contains(side.Name)), size, Prompt, Decoded, Decoded));
                prefill.Add(Turn(sides.Where(side => reading.Contains(side.Name)), size, LongPrompt, 1, LongPrompt));
            }
            finally
            {
                foreach (ITextGenerator side in sides)
                    side.Dispose();
            }
        }
        Add(report, measured, "decode", "", Rounds.Join(decode));
        Add(report, measured, "prefill", "prefill_", Rounds.Join(prefill));
    }

    /// <summary>Mhc fused and standard, then those who run the residual network.</summary>
    private static List<Program> Programs(GeneratedModels models, InferenceCase measured)
    {
        (ModelSize size, ExportPrecision precision) = measured;
        (string Name, RunFolder Run)[] exported = [.. measured.Export(models)];
        RunFolder residual = exported[^1].Run;
        List<Program> programs = [.. exported.Select(of => new Program(of.Name, side => new EngineGenerator(side, of.Run, new EngineOptions { Slots = 1 })))];
        int[] tried = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
        foreach (int threads in tried)
            programs.Add(new($"genai, threads: {threads}", side => new GenAiGenerator(side, residual.OnnxFolder, threads)));
        if (LlamaCppGenerator.Install() is not { } installed)
        {
            Console.WriteLine("npm cannot install node-llama-cpp here: llama.cpp is left out");
            return programs;
        }
        ModelConfig config = size.Config("residual");
        using SafetensorsFile weights = SafetensorsFile.Open(models.Weights(size, "residual"));
        GgufFile.Write(models.In("residual.gguf"), config, weights, precision == ExportPrecision.Int8);
        foreach (int threads in tried)
            programs.Add(new($"llamacpp, threads: {threads}", side => LlamaCppGenerator.Start(side, installed, models.In("residual.gguf"), config.MaxPositionEmbeddings, threads)));
        return programs;
    }

    /// <summary>Runs every side until the compiler and the processors' clocks have settled; of each program, with the number of threads that was faster.</summary>
    private string[] Fastest(IEnumerable<ITextGenerator> sides, int prompt, int count) =>
        [.. sides.Select(side => (side.Name, Texts: WarmUp(side, prompt, count))).GroupBy(of => of.Name.Split(',')[0]).Select(program => program.MaxBy(of => of.Texts).Name)];

    /// <summary>Texts a second.</summary>
    private double WarmUp(ITextGenerator side, int prompt, int count)
    {
        long start = Stopwatch.GetTimestamp();
        int texts = 0;
        for (; Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds; texts++)
            side.Generate(_prompts.Next(prompt), count);
        return texts / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Steps are tokens: those of all texts of a turn.</summary>
    private Rounds Turn(IEnumerable<ITextGenerator> sides, ModelSize size, int prompt, int count, int tokens) => Rounds.Run(
        [.. sides.Select(side => new Side(side.Name, _ => Enumerable.Range(0, size.TextsATurn).Sum(_ => side.Generate(_prompts.Next(prompt), count).All)))],
        Turns, size.TextsATurn * tokens, warmup: 1);

    private static void Add(BenchReport report, InferenceCase measured, string metric, string prefix, Rounds rounds)
    {
        foreach (string side in rounds.Sides)
            report.Add($"{measured.Name}, {side}", metric, rounds.StepsPerSecond(side), "tokens/s");
        Ratio("mhc_over_residual", "mhc fused", "residual");
        Ratio("fused_over_standard", "mhc fused", "mhc standard");
        Ratio("engine_over_genai", "residual", "genai");
        Ratio("engine_over_llamacpp", "residual", "llamacpp");

        // Against the side whose name begins so; nothing where there is none.
        void Ratio(string key, string side, string other)
        {
            if (rounds.Sides.FirstOrDefault(name => name.StartsWith(other, StringComparison.Ordinal)) is { } found)
                report.Ratios[$"{prefix}{key}.{measured.Key}"] = rounds.Ratio(side, found);
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

    /// <summary>A side that can be loaded more than once.</summary>
    private sealed record Program(string Name, Func<string, ITextGenerator> Load);
}
