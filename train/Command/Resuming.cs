using MhcPipeline.Core;
using MhcPipeline.Train.Report;
using MhcPipeline.Train.Training;

namespace MhcPipeline.Train.Command;

/// <summary>The rules by which a run goes on from its checkpoint.</summary>
/// <param name="run">The run folder.</param>
/// <param name="plan">What the run is to be.</param>
internal sealed class Resuming(RunFolder run, RunPlan plan)
{
    /// <summary>Refuses to go on with another experiment than the run was begun with.</summary>
    /// <param name="identity">Of the run as it would go on.</param>
    /// <exception cref="PipelineException">It differs; the first difference is named.</exception>
    public void RequireSameRun(RunIdentity identity)
    {
        if (plan.Saved?.Identity.DifferenceTo(identity) is { } difference)
            throw new PipelineException($"{run.Path} was begun with {difference}. Go on with the same settings, name another folder (RUN=folder), or begin anew with mhc-train --run {run.Path} --restart.");
    }

    /// <summary>Whether nothing is left to train; says so.</summary>
    /// <param name="options">May ask for more steps or minutes than the finished run has.</param>
    public bool IsDone(TrainOptions options)
    {
        if (plan.Saved is not { Finished: true } saved || !File.Exists(run.WeightsFile))
            return false;
        bool moreSteps = options.Steps > saved.Step, moreTime = options.Minutes * 60 > saved.Seconds && saved.Step < plan.Steps;
        if (moreSteps || moreTime)
            return false;
        Console.WriteLine($"{run.Path} is trained: {saved.Step} steps, validation loss {RunFacts.Loss(saved.BestLoss)}.");
        Console.WriteLine($"To go on: make train RUN={run.Path} STEPS={2 * saved.Step}. To begin anew: mhc-train --run {run.Path} --restart. Next: make export RUN={run.Path}");
        return true;
    }
}
