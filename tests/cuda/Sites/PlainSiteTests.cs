using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

public sealed class PlainSiteTests
{
    public static TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int> Cases { get; } = All();

    [HostTheory]
    [MemberData(nameof(Cases))]
    public void The_plain_kernels_give_what_SiteKernel_gives(string connection, int n, CudaStreamType type, CudaSiteSource before, int tokens, int width)
    {
        MhcOptions options = Connections.Options(n);
        var site = new SiteCase(Connections.Map(connection, options), options, new(tokens, n, width), type, before);
        SiteResults first = site.Run(new HostLauncher(lastFirst: false)), last = site.Run(new HostLauncher(lastFirst: true));
        site.Compare(first);

        Assert.All(site.Errors, error => Assert.True(error.Fits, error.ToString()));
        Assert.Equal(first.Bits(), last.Bits());
    }

    // Every connection with every n, types and what stands before in turns; odd widths and token counts.
    private static TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int> All()
    {
        var cases = new TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int>();
        foreach (string connection in (string[])["mhc", "hc", "mhc_lite", "identity", "head", "sum"])
            for (int n = 1; n <= (connection == "mhc_lite" ? 4 : 8); n++)
            {
                if (connection == "sum" && n is not (1 or 4))
                    continue;
                CudaStreamType type = n % 2 == 0 ? CudaStreamType.BFloat16 : CudaStreamType.Float32;
                CudaSiteSource write = connection == "identity" ? CudaSiteSource.Gates : CudaSiteSource.Mixes;
                cases.Add(connection, n, type, write, 3 + n, 13 + (11 * n));
                if (n is 2 or 3)
                    cases.Add(connection, n, type, CudaSiteSource.Embedding, 5, 37);
                if (n == 4 && connection is "head" or "mhc")
                    cases.Add(connection, n, type, CudaSiteSource.Gates, 5, 37);
            }
        return cases;
    }
}
