using MhcPipeline.Bench;
using MhcPipeline.Bench.Training;
using MhcPipeline.Core.Presets;
using static TorchSharp.torch;

namespace MhcPipeline.GpuCheck.Stages;

/// <summary>A step of the real trainer, mhc against residual by turns: both models are in memory.</summary>
/// <param name="device">Where they train.</param>
/// <param name="peak">The device's <see cref="DensePeak"/>, if it is known.</param>
/// <param name="lines">Where figures go.</param>
internal sealed class TrainingStage(Device device, double? peak, StageLines lines)
{
    private const string Mhc = "mhc", Residual = "residual";
    private const int Turns = 7, StepsATurn = 3, WarmUp = 4;

    /// <summary>Measures a model.</summary>
    /// <exception cref="Core.PipelineException">Training failed.</exception>
    public void Measure(TrainedModel model)
    {
        using PacedTraining residual = Start(model, Residual), mhc = Start(model, Mhc);
        var rounds = Rounds.Run([residual, mhc], Turns, StepsATurn, WarmUp);
        lines.Figure($"{model.Name}: more time with mhc than with residual", 100 * ((1 / rounds.Ratio(Mhc, Residual)) - 1), "%", atMost: model.MostExtra);
        foreach (string side in rounds.Sides)
        {
            double tokens = rounds.StepsPerSecond(side) * model.Tokens;
            lines.Figure($"{model.Name}: {side}", tokens, "tokens/s");
            if (peak is { } most)
                lines.Figure($"{model.Name}: {side}, of {most:0} Tflop/s (the residual network's matrices and scores)", 100 * tokens * model.FlopAToken / (most * 1e12), "%");
        }
    }

    // AdamW, which moves every weight at the least cost; the gains are sampled once, in the first step, which is not counted.
    private PacedTraining Start(TrainedModel model, string connection) => new(
        connection,
        model.Config(connection),
        new TrainingSettings { Steps = int.MaxValue, BatchSize = model.Rows, BlockSize = model.Model.MaxPositionEmbeddings, LearningRate = 1e-4, MinLearningRate = 1e-5, Optimizer = "adamw", GainsEvery = int.MaxValue },
        new RandomBatches(model.Rows, model.Model.MaxPositionEmbeddings, model.Vocabulary),
        device);
}
