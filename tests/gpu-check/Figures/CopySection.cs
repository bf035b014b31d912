using MhcPipeline.Core;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>Bandwidth of a copy within the device's memory, read and write counted: the roof of every kernel here.</summary>
/// <param name="gpu">The GPU.</param>
/// <param name="bytes">Of the array that is copied; many times the second-level cache.</param>
internal sealed class CopySection(Gpu gpu, long bytes) : ISection
{
    private const int Copies = 10, Samples = 9;

    private const string Section = "copy within the device";

    /// <inheritdoc/>
    public string Name => Section;

    /// <inheritdoc/>
    public TimeSpan Most => TimeSpan.FromSeconds(20);

    /// <summary>What a report has of it.</summary>
    /// <exception cref="PipelineException">It was not measured.</exception>
    public static double BytesAMillisecond(CheckReport report) =>
        report.Figures.FirstOrDefault(figure => figure.Section == Section)?.Value * 1e6 ?? throw new PipelineException("The copy bandwidth is not known.");

    /// <inheritdoc/>
    public void Run(CheckReport report, Deadline deadline)
    {
        nint from = gpu.Memory.Allocate(bytes), to = 0;
        try
        {
            to = gpu.Memory.Allocate(bytes);
            gpu.Memory.Fill(from, 1, bytes);
            double milliseconds = Median.Of(Samples, deadline, () =>
            {
                gpu.Clock.Clear();
                int start = gpu.Clock.Mark();
                for (int copy = 0; copy < Copies; copy++)
                    gpu.Memory.Copy(to, from, bytes);
                return gpu.Clock.Milliseconds(start, gpu.Clock.Mark());
            });
            report.Add(new Figure(Section, "read and written", 2.0 * bytes * Copies / milliseconds / 1e6, "GB/s"));
        }
        finally
        {
            gpu.Memory.Free(from);
            if (to != 0)
                gpu.Memory.Free(to);
        }
    }
}
