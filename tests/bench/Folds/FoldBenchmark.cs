using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export;
using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Verification;
using MhcPipeline.Train.Command;
using MhcPipeline.Train.Model;
using static TorchSharp.torch;

namespace MhcPipeline.Bench.Folds;

/// <summary>
/// What folds save: operators, bytes of weights, time of a decoded token and of a prefilled one, for each fold alone, for those that are on
/// unless switched off, and for all; on a generated model of 12 layers, 768 wide, 4 streams, float32. All sides by turns in one run.
/// </summary>
internal sealed class FoldBenchmark : IBenchmark
{
    private const int Turns = 9, Decoded = 24, Prompt = 128;

    public string Name => "folds";

    public string Description => "operators, bytes and time of an exported model without folds, with each alone, and with all";

    public BenchReport Run()
    {
        NativeThreads.OneAnOperation(); // for the drawing of weights
        var report = new BenchReport(Name);
        string folder = Directory.CreateTempSubdirectory("mhc-bench-").FullName;
        List<FoldSide> decode = [];
        try
        {
            ModelConfig config = new ModelSettings { HiddenSize = 768, IntermediateSize = 2048, NumHiddenLayers = 12, NumAttentionHeads = 12, MaxPositionEmbeddings = 256, TieWordEmbeddings = true }.ToConfig(4096, "mhc");
            string checkpoint = Path.Combine(folder, "model.safetensors");
            using (var model = new LanguageModel(config, CPU))
            {
                model.Initialise(1);
                model.SaveWeights(checkpoint);
            }
            using var weights = SafetensorsFile.Open(checkpoint);
            foreach ((string name, ExportOptions options) in Variants(config))
            {
                ExportedModel model = OnnxExporter.Export(config, weights, Path.Combine(folder, name), options);
                report.Add(name, "operators", model.Nodes, "");
                report.Add(name, "weights", model.Folding.Change.BytesAfter / 1e6, "MB");
                decode.Add(new FoldSide(name, OnnxModelRunner.Load(model.ModelPath), config.VocabSize, Decoded, oneByOne: true));
            }
            FoldSide[] prefill = [.. decode.Select(side => side.WithPrompt(Prompt))];
            Add(report, Rounds.Run([.. decode], Turns, steps: 1, warmup: 1), "decoding", Decoded);
            Add(report, Rounds.Run([.. prefill], Turns, steps: 1, warmup: 1), "prefill", Prompt);
        }
        finally
        {
            decode.ForEach(side => side.Dispose());
            Directory.Delete(folder, recursive: true);
        }
        return report;
    }

    private static IEnumerable<(string Name, ExportOptions Options)> Variants(ModelConfig config)
    {
        CalibrationSet random = CalibrationSet.Random(config);
        var options = new ExportOptions { Calibration = random with { Ids = [.. random.Ids.Take(64)], Sequences = 1 } };
        ExportOptions fused = options with { Mode = ExportMode.Fused };
        yield return ("none", options with { Folds = FoldSet.None, Calibrate = CalibrationChoice.Never });
        foreach (string fold in FoldSet.Names.Except(["static-coefficients", "post-pre"])) // nothing is static in this model, and post-pre is of mode fused
            yield return (fold, options with { Folds = FoldSet.None.With(fold), Calibrate = fold == "sinkhorn-iterations" ? CalibrationChoice.Always : CalibrationChoice.Never });
        yield return ("usual", options);
        yield return ("all", options with { Folds = FoldSet.All });
        yield return ("fused, none", fused with { Folds = FoldSet.None, Calibrate = CalibrationChoice.Never });
        yield return ("fused, usual", fused);
    }

    private static void Add(BenchReport report, Rounds rounds, string what, int tokens)
    {
        foreach (string side in rounds.Sides)
        {
            report.Add(side, $"{what}, a token", 1e6 / (rounds.StepsPerSecond(side) * tokens), "µs");
            if (side != "none")
                report.Ratios[$"none_over.{what}.{side}"] = rounds.Ratio(side, "none");
        }
    }
}
