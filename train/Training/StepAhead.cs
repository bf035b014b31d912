using MhcPipeline.Train.Metrics;

namespace MhcPipeline.Train.Training;

/// <summary>A step that a device has been told to take, and whose figures are on their way.</summary>
/// <param name="Figures">Loss, and the gradient's norm.</param>
/// <param name="Step">Its number, from 1.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="OwnTokens">Tokens that it saw.</param>
/// <param name="Tokens">Tokens that the run has seen with it.</param>
/// <param name="Started">When it was begun, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</param>
/// <param name="Gains">What was measured of the mixing; null where nothing was.</param>
internal sealed record StepAhead(LateReading Figures, long Step, double Rate, long OwnTokens, long Tokens, long Started, GainsMetric? Gains) : IDisposable
{
    public void Dispose() => Figures.Dispose();
}
