using MhcPipeline.Core.Presets;

namespace MhcPipeline.Train.Optimization;

/// <summary>
/// The learning rate as a function of the step and of the run's progress. Progress, not the step, drives the decay, so
/// that a run that a time budget ends early has finished its schedule all the same; see <see cref="TrainingProgress"/>.
/// </summary>
/// <param name="settings">The preset's: rates, warm-up, shape.</param>
/// <param name="steps">The run's steps.</param>
public sealed class LearningRateSchedule(TrainingSettings settings, long steps)
{
    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="progress">Share of the run that lies behind, from 0 to 1.</param>
    public double At(long step, double progress)
    {
        double peak = settings.LearningRate, floor = settings.MinLearningRate;
        double shape = settings.Schedule == "wsd" ? StableThenLinear(progress) : Cosine(progress);
        return Math.Min(Warm(step), floor + (shape * (peak - floor)));
    }

    /// <summary>The highest learning rate of the run; below the settings' where the run ends before its warm-up does.</summary>
    public double Highest => settings.WarmupSteps < steps ? settings.LearningRate : Warm(steps - 1);

    /// <summary>The warm-up's straight line, which ends at the peak.</summary>
    private double Warm(long step) => step < settings.WarmupSteps ? settings.LearningRate * (step + 1) / (settings.WarmupSteps + 1) : settings.LearningRate;

    /// <summary>From 1 at the end of the warm-up to 0 at the end of the run (arXiv 1608.03983); 1 all along where the warm-up does not end before the run.</summary>
    private double Cosine(double progress)
    {
        double warmup = (double)settings.WarmupSteps / steps;
        double decayed = warmup < 1 ? Math.Clamp((progress - warmup) / (1 - warmup), 0, 1) : 0;
        return 0.5 * (1 + Math.Cos(Math.PI * decayed));
    }

    /// <summary>1 until the last part of the run, then straight to 0 (warm-up, stable, decay: arXiv 2404.06395).</summary>
    private double StableThenLinear(double progress) => Math.Clamp((1 - progress) / settings.DecayFraction, 0, 1);
}
