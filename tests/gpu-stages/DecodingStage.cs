using MhcPipeline.Bench;
using MhcPipeline.Bench.Inference;
using MhcPipeline.Core.Presets;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.GpuCheck.Stages;

/// <summary>Tokens a second of one text on ONNX Runtime, mhc with its own operators against residual, by turns.</summary>
/// <param name="options">Of both engines.</param>
/// <param name="precision">How both are exported.</param>
/// <param name="lines">Where figures go.</param>
internal sealed class DecodingStage(EngineOptions options, ExportPrecision precision, StageLines lines)
{
    private const string Mhc = "mhc", Residual = "residual";
    private const int Turns = 7, Prompt = 8;
    private const double LeastRatio = 0.95;

    /// <summary>160 million parameters: drawing and exporting a larger model on the CPU takes the time that there is.</summary>
    public static ModelSize Usual { get; } = new(
        "C = 1024, 12 layers",
        new ModelSettings { HiddenSize = 1024, IntermediateSize = 2816, NumHiddenLayers = 12, NumAttentionHeads = 16, MaxPositionEmbeddings = 1024, TieWordEmbeddings = true },
        Vocabulary: 8192, TextsATurn: 1);

    /// <summary>Measures a model.</summary>
    /// <param name="size">The model; its weights are drawn.</param>
    /// <param name="count">Tokens of a text.</param>
    /// <exception cref="Core.PipelineException">It cannot be exported or run.</exception>
    public void Measure(ModelSize size, int count)
    {
        using var models = new GeneratedModels();
        ITextGenerator Load(string connection, ExportMode mode) => new EngineGenerator(connection, models.Export(size, connection, new ExportOptions { Mode = mode, Precision = precision }), options);
        using ITextGenerator residual = Load(Residual, ExportMode.Standard), mhc = Load(Mhc, ExportMode.Fused);
        RandomPrompts prompts = new();
        Rounds rounds = Rounds.Run(
            [.. ((ITextGenerator[])[residual, mhc]).Select(side => new Side(side.Name, _ =>
            {
                Generation text = side.Generate(prompts.Next(Prompt), count);
                return text.All - text.First; // from the first token to the last: decode steps alone
            }))],
            Turns, count - 1, warmup: 1);
        foreach (string side in rounds.Sides)
            lines.Figure($"{size.Name}, {precision.ToString().ToLowerInvariant()}: {side}", rounds.StepsPerSecond(side), "tokens/s");
        lines.Figure($"{size.Name}, {precision.ToString().ToLowerInvariant()}: mhc over residual", rounds.Ratio(Mhc, Residual), "x", atLeast: LeastRatio);
    }
}
