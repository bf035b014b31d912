using System.Globalization;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>A site's kernels, each and together: time, and what they declare to move (<see cref="CudaTraffic"/>) as a share of the copy bandwidth.</summary>
/// <param name="gpu">The GPU.</param>
/// <param name="tokens">T.</param>
/// <param name="width">C.</param>
internal sealed class SiteSection(Gpu gpu, int tokens, int width) : ISection
{
    private const int Rounds = 9;

    /// <summary>Of the copy bandwidth, in percent.</summary>
    private static readonly Target _forward = Target.Least(80), _backward = Target.Least(75);

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"site of mhc, n = 4, C = {width}, {tokens} tokens, bf16");

    /// <inheritdoc/>
    public TimeSpan Most => TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public void Run(CheckReport report, Deadline deadline)
    {
        double copy = CopySection.BytesAMillisecond(report);
        using var site = new MeasuredSite(gpu, tokens, width);
        var timed = new TimedLauncher(gpu.Launcher, gpu.Clock);
        CudaSiteKernel apart = site.Kernel(timed), whole = site.Kernel(gpu.Launcher), one = site.Kernel(gpu.Launcher, reuses: true);
        site.Forward(whole); // compiles
        site.Forward(one);
        site.Backward(whole);

        List<double> forward = [], inOne = [], backward = [];
        List<IReadOnlyList<(string Kernel, double Milliseconds)>> kernels = [];
        for (int round = 0; round < Rounds && (round < 1 || !deadline.Over); round++)
        {
            forward.Add(site.ForwardMilliseconds(whole));
            inOne.Add(site.ForwardMilliseconds(one));
            backward.Add(site.BackwardMilliseconds(whole));
            timed.Start();
            site.Forward(apart);
            site.Backward(apart);
            kernels.Add(timed.Times());
        }

        IReadOnlyList<CudaTraffic> ahead = CudaTraffic.Forward(MeasuredSite.Streams, MeasuredSite.Source), back = CudaTraffic.Backward(MeasuredSite.Streams, MeasuredSite.Source);
        Add("forward", Median.Of(forward), ahead.Sum(Moved), _forward);
        Add("forward in one launch", Median.Of(inOne), CudaTraffic.Reuse(MeasuredSite.Streams, MeasuredSite.Source).Sum(Moved), null);
        Add("backward", Median.Of(backward), back.Sum(Moved), _backward);
        foreach (string kernel in kernels[0].Select(time => time.Kernel))
        {
            double milliseconds = Median.Of(kernels.Select(times => times.First(time => time.Kernel == kernel).Milliseconds));
            Add(kernel, milliseconds, ahead.Concat(back).Where(traffic => traffic.Kernel == kernel).Sum(Moved), null);
        }

        void Add(string what, double milliseconds, int moved, Target? target)
        {
            report.Add(new Figure(Name, what, milliseconds, "ms"));
            if (moved > 0)
                report.Add(new Figure(Name, string.Create(CultureInfo.InvariantCulture, $"{what}: {moved} C a token, of the copy bandwidth"), 100 * Share(moved, milliseconds, copy), "%", target));
        }
    }

    private static int Moved(CudaTraffic traffic) => traffic.Reads + traffic.Writes;

    /// <summary>Of the copy bandwidth.</summary>
    private double Share(int moved, double milliseconds, double copy) => (double)moved * tokens * width * sizeof(ushort) / milliseconds / copy;
}
