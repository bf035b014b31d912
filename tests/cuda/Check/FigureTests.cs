using MhcPipeline.Core;
using MhcPipeline.GpuCheck.Figures;
using MhcPipeline.GpuCheck.Results;
using MhcPipeline.GpuCheck.Running;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>Figures on a device whose times are known.</summary>
public sealed class FigureTests
{
    private readonly CheckReport _report = new(FakeDevice.Info, seed: 1, DateTimeOffset.UnixEpoch);
    private readonly Deadline _deadline = new(TimeProvider.System, TimeSpan.FromMinutes(10), CancellationToken.None);

    [Fact]
    public void A_copy_s_bandwidth_counts_what_is_read_and_what_is_written()
    {
        FakeDevice device = new() { Bandwidth = 3e9 };
        new CopySection(device.Gpu, 1 << 30).Run(_report, _deadline);

        Assert.Equal(3000, Assert.Single(_report.Figures).Value, 6);
        Assert.Equal(3e9, CopySection.BytesAMillisecond(_report), 1e-3);
        Assert.Equal(0, device.Taken);
    }

    [Fact]
    public void A_kernel_s_share_is_what_it_declares_to_move_over_time_and_copy_bandwidth()
    {
        const int tokens = 32768, width = 2560;
        const double c = (double)tokens * width * 2; // bytes of C elements of every token
        // A copy moves 1e9 bytes a millisecond: a kernel of 1 ms and so many C is at that share of it.
        FakeDevice device = new()
        {
            Bandwidth = 1e9,
            Kernel = (kernel, _) => kernel switch { "site_products" => 2 * 9 * c / 1e9, "site_read" => 5 * c / 1e9, "site_forward" => 20 * c / 1e9, "site_dots" => 6 * c / 1e9, "site_gradients" => 4 * 15 * c / 1e9, _ => 0 },
        };
        new CopySection(device.Gpu, 1 << 20).Run(_report, _deadline);
        new SiteSection(device.Gpu, tokens, width).Run(_report, _deadline);

        double Share(string name) => Math.Round(Assert.Single(_report.Figures, figure => figure.Name.StartsWith(name, StringComparison.Ordinal) && figure.Unit == "%").Value, 6);
        Assert.Equal([50, 100, 100, 25], ((string[])["site_products: 9 C", "site_read: 5 C", "site_dots: 6 C", "site_gradients: 15 C"]).Select(Share));
        Assert.Equal(Math.Round(100.0 * 14 / 23, 6), Share("forward: 14 C"));
        Assert.Equal(50, Share("forward in one launch: 10 C"));
        Assert.Equal(Math.Round(100.0 * 21 / 66, 6), Share("backward: 21 C"));
        Assert.Equal([80.0, 75], _report.Figures.Where(figure => figure.Target is not null).Select(figure => figure.Target!.Value.Value));
        Assert.Equal(23 * c / 1e9, Assert.Single(_report.Figures, figure => figure.Name == "forward").Value, 6);
        Assert.Equal(0, device.Taken);
    }

    [Fact]
    public void Launches_of_one_kernel_count_together_and_those_that_declare_nothing_have_a_time()
    {
        FakeDevice device = new() { Kernel = (kernel, _) => kernel == "sum_partials" ? 2 : 1 };
        new CopySection(device.Gpu, 1 << 20).Run(_report, _deadline);
        new SiteSection(device.Gpu, 4096, 2560).Run(_report, _deadline);

        Assert.Equal(4, Assert.Single(_report.Figures, figure => figure.Name == "sum_partials").Value, 9);
        Assert.DoesNotContain(_report.Figures, figure => figure.Name.StartsWith("sum_partials:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_figure_is_the_median_and_one_slow_round_changes_nothing()
    {
        // The third forward pass meets another program on the GPU.
        FakeDevice device = new() { Kernel = (_, launches) => launches is >= 40 and < 43 ? 1000 : 1 };
        new CopySection(device.Gpu, 1 << 20).Run(_report, _deadline);
        new SiteSection(device.Gpu, 4096, 2560).Run(_report, _deadline);

        Assert.Equal(3, Assert.Single(_report.Figures, figure => figure.Name == "forward").Value, 9);
    }

    [Theory]
    [InlineData(new double[] { 3 }, 3)]
    [InlineData(new double[] { 9, 1, 2 }, 2)]
    [InlineData(new double[] { 9, 1, 2, 4 }, 3)]
    public void The_median_is_the_middle(double[] values, double expected) => Assert.Equal(expected, Median.Of(values));

    [Fact]
    public void A_measurement_leaves_out_its_first_and_stops_when_time_is_up()
    {
        using CancellationTokenSource stop = new();
        int measured = 0;
        double median = Median.Of(9, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(10), stop.Token), () =>
        {
            if (++measured == 4)
                stop.Cancel();
            return measured == 1 ? 1000 : measured;
        });

        Assert.Equal(4, measured);
        Assert.Equal(3, median);
    }

    [Fact]
    public void A_decode_step_has_a_time_in_a_row_and_alone_in_microseconds()
    {
        new LatencySection(new FakeDevice { Kernel = (kernel, _) => kernel == "site_decode" ? 0.006 : 1 }.Gpu, 2560).Run(_report, _deadline);

        Assert.Equal(10, _report.Figures.Count);
        Assert.All(_report.Figures, figure => Assert.Equal(6, figure.Value, 6)); // one kernel
        Assert.Equal(5, _report.Figures.Count(figure => figure.Met == true && figure.Name.Contains("in a row", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_site_that_does_not_fit_in_memory_gives_back_what_it_took()
    {
        FakeDevice device = new() { Capacity = 1L << 30 };

        Assert.Throws<PipelineException>(() => new MeasuredSite(device.Gpu, 32768, 4096));
        Assert.Equal(0, device.Taken);
    }

    [Fact]
    public void Shares_are_not_told_without_a_copy_bandwidth() =>
        Assert.Throws<PipelineException>(() => new SiteSection(new FakeDevice().Gpu, 64, 64).Run(_report, _deadline));
}
