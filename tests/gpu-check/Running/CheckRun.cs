using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.GpuCheck.Results;

namespace MhcPipeline.GpuCheck.Running;

/// <summary>A whole run: sections in order until there is no more time, the report saved after each.</summary>
/// <param name="sections">In order; the first ones surely have time.</param>
/// <param name="report">Where findings go.</param>
/// <param name="save">Called when the report has changed.</param>
/// <param name="say">Told what happens, a line at a time.</param>
internal sealed class CheckRun(IReadOnlyList<ISection> sections, CheckReport report, Action save, Action<string> say)
{
    /// <summary>Runs the sections.</summary>
    /// <param name="deadline">Of all of them.</param>
    public void Run(Deadline deadline)
    {
        foreach (ISection section in sections)
        {
            if (deadline.Over)
            {
                report.Note($"{section.Name}: {(deadline.Stop.IsCancellationRequested ? "the run was stopped before" : "no time was left")}");
                continue;
            }
            TimeSpan most = section.Most < deadline.Left ? section.Most : deadline.Left;
            say(string.Create(CultureInfo.InvariantCulture, $"{section.Name} (at most {most.TotalSeconds:0} s; {deadline.Left.TotalSeconds:0} s are left)"));
            try
            {
                section.Run(report, deadline.Within(most));
            }
            catch (PipelineException e)
            {
                report.Note($"{section.Name}: {e.Message}");
                say($"  {e.Message}");
            }
            save();
        }
        save();
    }
}
