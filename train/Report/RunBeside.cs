using MhcPipeline.Core;
using MhcPipeline.Train.Metrics;

namespace MhcPipeline.Train.Report;

/// <summary>Another run that a report shows its own beside, such as the plain residual network with the same time.</summary>
/// <param name="Name">The other run's folder.</param>
/// <param name="History">What its training saw.</param>
public sealed record RunBeside(string Name, MetricsHistory History)
{
    /// <summary>Reads a run folder.</summary>
    /// <exception cref="PipelineException">It has no metrics.jsonl, or one that cannot be read.</exception>
    public static RunBeside Read(string folder)
    {
        var run = new RunFolder(folder);
        run.RequireFile(run.MetricsFile, "train");
        return new(run.Name, MetricsHistory.Read(run.MetricsFile));
    }
}
