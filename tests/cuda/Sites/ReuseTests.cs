using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>The forward pass in one launch that reads X' from the second-level cache.</summary>
public sealed class ReuseTests
{
    [HostTheory]
    [InlineData("mhc", 1, CudaSiteSource.Mixes, 130, 64)]
    [InlineData("mhc", 2, CudaSiteSource.Mixes, 300, 288)] // two slices, the second of one chunk
    [InlineData("mhc", 4, CudaSiteSource.Mixes, 401, 320)]
    [InlineData("mhc", 4, CudaSiteSource.Embedding, 150, 96)]
    [InlineData("mhc", 8, CudaSiteSource.Mixes, 137, 96)]
    [InlineData("hc", 4, CudaSiteSource.Mixes, 270, 160)]
    [InlineData("mhc_lite", 4, CudaSiteSource.Mixes, 129, 96)]
    [InlineData("identity", 4, CudaSiteSource.Gates, 257, 160)]
    [InlineData("identity", 7, CudaSiteSource.Gates, 40, 32)]
    public void One_launch_gives_the_bits_of_three(string connection, int n, CudaSiteSource before, int tokens, int width)
    {
        SiteCase three = Site(connection, n, before, tokens, width, reuses: false), one = Site(connection, n, before, tokens, width);
        int[] expected = three.Run(new HostLauncher(lastFirst: false)).ForwardBits();
        HostLauncher launcher = new(lastFirst: false);

        Assert.Equal(expected, one.Run(launcher).ForwardBits());
        Assert.Equal("site_forward", Assert.Single(launcher.Launched).Kernel);
        Assert.Equal(expected, one.Run(new HostLauncher(lastFirst: true)).ForwardBits());
    }

    [HostTheory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Neither_the_number_of_blocks_nor_whether_they_run_beside_one_another_changes_a_bit(int blocks)
    {
        int[] expected = Site("mhc", 2, CudaSiteSource.Mixes, 300, 288, reuses: false).Run(new HostLauncher(lastFirst: false)).ForwardBits();
        SiteCase site = Site("mhc", 2, CudaSiteSource.Mixes, 300, 288, blocks: blocks);

        Assert.Equal(expected, site.Run(new HostLauncher(lastFirst: false)).ForwardBits());
        Assert.Equal(expected, site.Run(new HostLauncher(lastFirst: true) { Alone = true }).ForwardBits());
    }

    [HostFact]
    public void The_next_launch_finds_counters_as_the_first_did()
    {
        HostLauncher launcher = new(lastFirst: false);
        int[] once = Site("mhc", 2, CudaSiteSource.Mixes, 300, 96).Run(new HostLauncher(lastFirst: false)).ForwardBits();

        Assert.Equal(once, Site("mhc", 2, CudaSiteSource.Mixes, 300, 96, times: 3).Run(launcher).ForwardBits());
        Assert.Equal(3, launcher.Launched.Count);
    }

    [HostTheory]
    [InlineData("mhc", 4, CudaSiteSource.Mixes)]
    [InlineData("mhc", 4, CudaSiteSource.Embedding)]
    [InlineData("identity", 4, CudaSiteSource.Gates)]
    public void Memory_sees_what_is_declared_and_the_cache_of_its_window_the_rest(string connection, int n, CudaSiteSource before)
    {
        const int tokens = 2048, width = 64, wide = tokens * width * sizeof(ushort), blocks = 4;
        MhcOptions options = Connections.Options(n);
        SiteMap map = Connections.Map(connection, options);
        var kernel = new CudaSiteKernel(new HostLauncher(lastFirst: false), map, options, before, new(tokens, n, width), CudaStreamType.BFloat16, SiteCase.LargeDevice, blocks);
        (long Read, long Written, long Again) Moved(long window)
        {
            HostLauncher launcher = new(lastFirst: false) { Window = window };
            new SiteCase(map, options, new(tokens, n, width), CudaStreamType.BFloat16, before, blocks: blocks) { Counts = true, ForwardOnly = true, Reuses = true, Norms = false }.Run(launcher);
            return (launcher.Launched[0].Read, launcher.Launched[0].Written, launcher.Launched[0].Again);
        }

        CudaTraffic declared = Assert.Single(CudaTraffic.Reuse(n, before));
        (long read, long written, long again) = Moved(kernel.ReuseBytes);
        Assert.Equal((declared.Reads, declared.Writes, n), ((int)((read - again) / wide), (int)(written / wide), (int)(again / wide)));
        Assert.Equal((0, 0), (read % wide, again % wide));
        Assert.True(kernel.ReuseBytes < (read + written) / 2, "the window is part of the pass");
        Assert.True(Moved(kernel.ReuseBytes / 8).Again < again, "a cache too small for the window loses some");
    }

    [Fact]
    public void A_site_of_four_streams_moves_10_C() =>
        Assert.Equal(10, CudaTraffic.Reuse(4, CudaSiteSource.Mixes).Sum(traffic => traffic.Reads + traffic.Writes));

    internal static SiteCase Site(string connection, int n, CudaSiteSource before, int tokens, int width, bool reuses = true, int blocks = CudaSiteShape.MostBlocks, int times = 1)
    {
        MhcOptions options = Connections.Options(n);
        return new(Connections.Map(connection, options), options, new(tokens, n, width), CudaStreamType.BFloat16, before, blocks: blocks)
        {
            Counts = reuses,
            Reuses = reuses,
            ForwardOnly = true,
            Times = times,
        };
    }
}
