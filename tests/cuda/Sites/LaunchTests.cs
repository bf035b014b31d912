using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>Launches with a block, shared memory or an argument less must not pass: grids and sizes are neither too small nor much too large.</summary>
public sealed class LaunchTests
{
    [HostTheory]
    [InlineData(CudaStreamType.BFloat16, 128)] // whole blocks of columns: where warps have none, they do not use their memory
    [InlineData(CudaStreamType.Float32, 37)]
    public void A_launch_that_lacks_something_fails(CudaStreamType type, int width)
    {
        MhcOptions options = Connections.Options(2);
        SiteCase Site() => new(new MhcMap(options), options, new(140, 2, width), type, CudaSiteSource.Mixes, blocks: 2);

        Assert.Empty(LackingLauncher.Passed(launcher => Site().Fails(launcher)));
    }
}
