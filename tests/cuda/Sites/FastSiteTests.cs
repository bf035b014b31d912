using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

public sealed class FastSiteTests
{
    [HostTheory]
    [InlineData("mhc", 4, CudaSiteSource.Mixes, 41, 320)]
    [InlineData("mhc", 4, CudaSiteSource.Embedding, 17, 96)]
    [InlineData("head", 4, CudaSiteSource.Mixes, 33, 160)]
    public void The_fast_kernels_give_what_SiteKernel_gives(string connection, int n, CudaSiteSource before, int tokens, int width)
    {
        MhcOptions options = Connections.Options(n);
        var site = new SiteCase(Connections.Map(connection, options), options, new(tokens, n, width), CudaStreamType.BFloat16, before);
        HostLauncher launcher = new(lastFirst: false);
        SiteResults first = site.Run(launcher), last = site.Run(new HostLauncher(lastFirst: true));
        site.Compare(first);

        Assert.Contains("site_products", launcher.Launched);
        Assert.Equal(n <= 4, launcher.Launched.Contains("site_gradients"));
        Assert.All(site.Errors, error => Assert.True(error.Fits, error.ToString()));
        Assert.Equal(first.Bits(), last.Bits());
    }
}
