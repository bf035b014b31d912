namespace MhcPipeline.Train.Optimization;

/// <summary>How far a run is: by steps or by time, whichever is further.</summary>
/// <param name="steps">Steps of the whole run, at least 1.</param>
/// <param name="budget">Time of the whole run, earlier sessions of a resumed run included; null when only steps count.</param>
public sealed class TrainingProgress(long steps, TimeSpan? budget)
{
    /// <summary>The share that lies behind, from 0 to 1; 1 ends the run.</summary>
    /// <param name="step">Steps taken.</param>
    /// <param name="elapsed">Time spent.</param>
    public double At(long step, TimeSpan elapsed)
    {
        double bySteps = (double)step / steps;
        double byTime = budget is { } time ? elapsed / time : 0;
        return Math.Min(1, Math.Max(bySteps, byTime));
    }
}
