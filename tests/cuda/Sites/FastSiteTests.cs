using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;
using Xunit.Abstractions;

namespace MhcPipeline.Cuda.Tests.Sites;

public sealed class FastSiteTests(ITestOutputHelper output)
{
    [HostTheory]
    [InlineData("mhc", 1, CudaSiteSource.Mixes, 16, 32)]
    [InlineData("mhc", 2, CudaSiteSource.Mixes, 35, 96)] // a slice of a single warp, an odd number of eights of rows
    [InlineData("mhc", 3, CudaSiteSource.Mixes, 1, 64)]
    [InlineData("mhc", 4, CudaSiteSource.Mixes, 41, 320)] // warps without columns, slices of the products with fewer chunks
    [InlineData("mhc", 4, CudaSiteSource.Embedding, 17, 96)]
    [InlineData("mhc", 5, CudaSiteSource.Mixes, 19, 64)]
    [InlineData("mhc", 8, CudaSiteSource.Mixes, 21, 96)]
    [InlineData("hc", 3, CudaSiteSource.Mixes, 23, 96)]
    [InlineData("hc", 4, CudaSiteSource.Mixes, 37, 160)]
    [InlineData("hc", 4, CudaSiteSource.Embedding, 9, 32)]
    [InlineData("hc", 8, CudaSiteSource.Mixes, 18, 64)] // ten rows: two eights
    [InlineData("mhc_lite", 2, CudaSiteSource.Mixes, 7, 32)]
    [InlineData("mhc_lite", 4, CudaSiteSource.Mixes, 33, 96)]
    [InlineData("identity", 1, CudaSiteSource.Gates, 15, 64)]
    [InlineData("identity", 4, CudaSiteSource.Gates, 34, 160)]
    [InlineData("identity", 7, CudaSiteSource.Gates, 17, 32)]
    [InlineData("head", 2, CudaSiteSource.Gates, 5, 64)]
    [InlineData("head", 4, CudaSiteSource.Mixes, 33, 160)]
    [InlineData("head", 6, CudaSiteSource.Mixes, 20, 32)]
    public void The_fast_kernels_give_what_SiteKernel_gives(string connection, int n, CudaSiteSource before, int tokens, int width)
    {
        MhcOptions options = Connections.Options(n);
        var site = new SiteCase(Connections.Map(connection, options), options, new(tokens, n, width), CudaStreamType.BFloat16, before);
        HostLauncher launcher = new(lastFirst: false);

        SiteAssert.Right(site, launcher, output);
        Assert.Contains(launcher.Launched, launch => launch.Kernel == "site_products");
        Assert.Equal(n <= 4, launcher.Launched.Exists(launch => launch.Kernel == "site_gradients"));
    }

    [HostTheory]
    [InlineData("mhc", 4, CudaSiteSource.Mixes, 41, 320)]
    [InlineData("mhc", 4, CudaSiteSource.Embedding, 17, 96)]
    [InlineData("hc", 3, CudaSiteSource.Mixes, 23, 96)]
    [InlineData("identity", 7, CudaSiteSource.Gates, 17, 32)]
    [InlineData("head", 4, CudaSiteSource.Mixes, 33, 160)]
    public void The_forward_pass_takes_streams_of_float16_and_the_backward_pass_is_the_plain_kernels(string connection, int n, CudaSiteSource before, int tokens, int width)
    {
        MhcOptions options = Connections.Options(n);
        var site = new SiteCase(Connections.Map(connection, options), options, new(tokens, n, width), CudaStreamType.Float16, before);
        HostLauncher launcher = new(lastFirst: false);

        SiteAssert.Right(site, launcher, output);
        Assert.Contains(launcher.Launched, launch => launch.Kernel == "site_products");
        Assert.Contains(launcher.Launched, launch => launch.Kernel == "site_backward_plain");
    }

    [HostTheory]
    [InlineData(4)] // half the warps a block in the backward pass
    [InlineData(8)] // half the warps a block in the forward pass
    public void Sums_do_not_depend_on_how_much_shared_memory_a_device_has(int n)
    {
        MhcOptions options = Connections.Options(n);
        SiteResults Run(int sharedLimit) =>
            new SiteCase(new MhcMap(options), options, new(41, n, 320), CudaStreamType.BFloat16, CudaSiteSource.Mixes, sharedLimit).Run(new HostLauncher(lastFirst: false));

        Assert.NotEqual(Warps(n, SiteCase.LargeDevice), Warps(n, SiteCase.SmallDevice));
        Assert.Equal(Run(SiteCase.LargeDevice).Bits(), Run(SiteCase.SmallDevice).Bits());
    }

    [HostFact]
    public void Blocks_take_many_tiles_in_turn()
    {
        MhcOptions options = Connections.Options(2);

        SiteAssert.Right(new SiteCase(new MhcMap(options), options, new(150, 2, 160), CudaStreamType.BFloat16, CudaSiteSource.Mixes, blocks: 2));
    }

    [HostTheory]
    [InlineData(0, 20)] // no eps: the first iteration on logarithms
    [InlineData(1e-6, 1)]
    [InlineData(1e-6, 60)] // more divisors than fit in shared memory
    public void Sinkhorn_takes_every_eps_and_number_of_iterations(double eps, int iterations)
    {
        MhcOptions options = Connections.Options(4, eps, iterations);

        SiteAssert.Right(new SiteCase(new MhcMap(options), options, new(70, 4, 64), CudaStreamType.BFloat16, CudaSiteSource.Mixes));
    }

    private static (int Products, int Gradients) Warps(int n, int sharedLimit)
    {
        var map = new MhcMap(Connections.Options(n));
        CudaSiteShape cut = CudaSiteShape.Of(map, n * (n + 1), new(41, n, 320), CudaStreamType.BFloat16, sharedLimit, CudaSiteShape.MostBlocks);
        Assert.True(cut.Forward);
        return (cut.ProductWarps, cut.Backward ? cut.GradientWarps : 0);
    }
}
