using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

public sealed class TrafficTests
{
    private const int Tokens = 32, Width = 160; // whole tiles: a last tile's missing tokens are read from the last one

    [HostTheory]
    [InlineData("mhc", 4, CudaSiteSource.Mixes)]
    [InlineData("mhc", 4, CudaSiteSource.Embedding)]
    [InlineData("identity", 4, CudaSiteSource.Gates)]
    [InlineData("head", 4, CudaSiteSource.Mixes)]
    public void Kernels_move_what_they_declare(string connection, int n, CudaSiteSource before)
    {
        MhcOptions options = Connections.Options(n);
        var launcher = new HostLauncher(lastFirst: false);
        new SiteCase(Connections.Map(connection, options), options, new(Tokens, n, Width), CudaStreamType.BFloat16, before) { Norms = false }.Run(launcher);
        CudaTraffic[] declared =
        [
            CudaTraffic.Write(n, before),
            .. CudaTraffic.Forward(n, before, kept: connection != "head"), .. CudaTraffic.Backward(n, before, given: connection != "head"),
        ];

        Assert.Equal(
            declared.Select(traffic => (traffic.Kernel, (long)traffic.Reads, (long)traffic.Writes)),
            launcher.Launched.Where(launch => launch.Read + launch.Written > 0).Select(launch => (launch.Kernel, InWidths(launch.Read), InWidths(launch.Written))));
    }

    [Fact]
    public void A_site_of_four_streams_moves_14_C_forward_and_21_C_backward()
    {
        Assert.Equal(14, CudaTraffic.Forward(4, CudaSiteSource.Mixes).Sum(traffic => traffic.Reads + traffic.Writes));
        Assert.Equal(21, CudaTraffic.Backward(4, CudaSiteSource.Mixes).Sum(traffic => traffic.Reads + traffic.Writes));
    }

    private static long InWidths(long bytes)
    {
        Assert.Equal(0, bytes % (Tokens * Width * sizeof(ushort)));
        return bytes / (Tokens * Width * sizeof(ushort));
    }
}
