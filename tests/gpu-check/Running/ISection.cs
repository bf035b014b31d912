using MhcPipeline.GpuCheck.Results;

namespace MhcPipeline.GpuCheck.Running;

/// <summary>A part of a run. It puts what it finds into the report as it goes: a run that is ended keeps it.</summary>
internal interface ISection
{
    /// <summary>What progress calls it.</summary>
    string Name { get; }

    /// <summary>Time that it may take.</summary>
    TimeSpan Most { get; }

    /// <summary>Does it.</summary>
    /// <param name="report">Where findings go.</param>
    /// <param name="deadline">When to end.</param>
    /// <exception cref="Core.PipelineException">It cannot be done; the others may be.</exception>
    void Run(CheckReport report, Deadline deadline);
}
