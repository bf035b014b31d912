using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Report;
using MhcPipeline.Train.Training;

namespace MhcPipeline.Train.Command;

/// <summary>The rules by which a run goes on from its checkpoint.</summary>
/// <param name="run">The run folder.</param>
/// <param name="plan">What the run is to be.</param>
/// <param name="options">What was asked for.</param>
internal sealed class Resuming(RunFolder run, RunPlan plan, TrainOptions options)
{
    /// <summary>Refuses to put a new model in the place of weights that no training here can go on from: they may be the only copy.</summary>
    /// <exception cref="PipelineException">There are such weights.</exception>
    public void RequireOwnWeights()
    {
        if (plan.Saved is not null || options.Restart)
            return;
        string[] weights = [run.WeightsFile, .. new[] { "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json" }.Select(file => Path.Combine(run.Path, file))];
        if (weights.FirstOrDefault(File.Exists) is { } found)
            throw new PipelineException($"{run.Path} holds weights that were not trained here, or whose checkpoints are gone ({Path.GetFileName(found)}); training would replace them. Name another folder with RUN=folder, or replace them with {Restart()}.");
    }

    /// <summary>Refuses to go on with another experiment than the run was begun with.</summary>
    /// <param name="identity">Of the run as it would go on.</param>
    /// <exception cref="PipelineException">It differs; what does is named.</exception>
    public void RequireSameRun(RunIdentity identity)
    {
        if (plan.Saved?.Identity.DifferenceTo(identity) is { } difference)
            throw new PipelineException($"{run.Path} was begun with {difference}. Go on as it was begun with {run.Make("train")}, name another folder with RUN=folder, or begin anew with {Restart()}.");
    }

    /// <summary>Whether nothing is left to train; says so.</summary>
    public bool IsDone()
    {
        if (plan.Saved is not { Finished: true } saved || !File.Exists(run.WeightsFile))
            return false;
        bool moreSteps = options.Steps > saved.Step, moreTime = options.Minutes * 60 > saved.Seconds && saved.Step < plan.Steps;
        if (moreSteps || moreTime || !WeightsAreItsOwn())
            return false;
        Console.WriteLine($"{run.Path} is trained: {saved.Step} steps, validation loss {RunFacts.Loss(saved.BestLoss)}.");
        Console.WriteLine($"To go on: {run.Make("train", ("STEPS", 2 * saved.Step))}. To begin anew: {Restart()}. Next: {run.Make("export")}");
        return true;
    }

    /// <summary>False where training ended and the program with it before the weights were written.</summary>
    private bool WeightsAreItsOwn()
    {
        using SafetensorsFile weights = SafetensorsFile.Open(run.WeightsFile);
        return WeightsRecord.TrainedSince(run, weights.Metadata) is null;
    }

    private string Restart() => CommandText.Program(
        "mhc-train", ("--run", run.Path), ("--preset", options.Preset), ("--data", options.Data), ("--connection", options.Connection), ("--seed", options.Seed),
        ("--steps", options.Steps), ("--minutes", options.Minutes), ("--device", options.Device), ("--precision", options.Precision), ("--restart", true));
}
