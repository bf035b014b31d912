using System.Globalization;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>How long a site's forward pass takes for the few tokens of a decode step: many in a row, and one alone.</summary>
/// <param name="gpu">The GPU.</param>
/// <param name="width">C.</param>
internal sealed class LatencySection(Gpu gpu, int width) : ISection
{
    private const int InARow = 200, Samples = 15, Alone = 101;

    private static readonly int[] _tokens = [1, 2, 4, 8, 16];

    /// <summary>Microseconds.</summary>
    private static readonly Target _target = Target.Most(10);

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"decode step of a site of mhc, n = 4, C = {width}, bf16");

    /// <inheritdoc/>
    public TimeSpan Most => TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public void Run(CheckReport report, Deadline deadline)
    {
        foreach (int tokens in _tokens)
        {
            using var site = new MeasuredSite(gpu, tokens, width);
            CudaSiteKernel kernel = site.Kernel(gpu.Launcher);
            string name = string.Create(CultureInfo.InvariantCulture, $"{tokens} token{(tokens == 1 ? "" : "s")}");
            double row = Median.Of(Samples, deadline, () => site.ForwardMilliseconds(kernel, InARow) / InARow);
            double alone = Median.Of(Alone, deadline, () => site.ForwardMilliseconds(kernel));
            report.Add(new Figure(Name, $"{name}, one of {InARow} in a row", 1000 * row, "us", _target));
            report.Add(new Figure(Name, $"{name}, alone", 1000 * alone, "us"));
        }
    }
}
