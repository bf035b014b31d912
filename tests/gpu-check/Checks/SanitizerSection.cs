using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Checks;

/// <summary>The short checks under a tool of NVIDIA's compute-sanitizer, where that is installed.</summary>
/// <param name="tool">memcheck (accesses outside memory) or racecheck (shared memory used without a barrier).</param>
/// <param name="sanitizer">compute-sanitizer; null where it is not.</param>
/// <param name="program">This program, doing the short checks.</param>
/// <param name="count">How many those are.</param>
/// <param name="most">Time that it may take.</param>
/// <param name="say">As for <see cref="CheckSection"/>.</param>
internal sealed class SanitizerSection(string tool, Command? sanitizer, Command program, int count, TimeSpan most, Action<string> say) : ISection
{
    /// <summary>What the tool ends with when it found something; no program of ours ends with it.</summary>
    public const int Found = 86;

    /// <inheritdoc/>
    public string Name => tool;

    /// <inheritdoc/>
    public TimeSpan Most => most;

    /// <inheritdoc/>
    public void Run(CheckReport report, Deadline deadline)
    {
        if (sanitizer is null)
            throw new PipelineException("compute-sanitizer is neither in PATH nor in /usr/local/cuda/bin; a CUDA toolkit has it.");
        Command under = program.Under(sanitizer.With("--tool", tool, "--error-exitcode", Found.ToString(CultureInfo.InvariantCulture)));
        new CheckSection(tool, [under], count, most, say).Run(report, deadline);
    }
}
