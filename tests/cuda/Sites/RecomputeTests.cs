using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>The streams of a block of sites, computed again in one launch.</summary>
public sealed class RecomputeTests
{
    public static TheoryData<int, CudaStreamType, bool, bool, int, int, int> Cases { get; } = All();

    [HostTheory]
    [MemberData(nameof(Cases))]
    public void Streams_are_those_of_site_after_site(int n, CudaStreamType type, bool mixes, bool embedded, int tokens, int width, int sites)
    {
        var block = new RecomputeCase(n, type, mixes, embedded, tokens, width, sites);
        HostLauncher launcher = new(lastFirst: false);
        float[] actual = block.Run(launcher);

        Assert.Equal((sites + 15) / 16, launcher.Launched.Count);
        Assert.Equal(block.SiteAfterSite(), actual);
        Assert.Equal(actual, block.Run(new HostLauncher(lastFirst: true)));
        Assert.True(block.WorstAgainstSiteKernel(actual) <= 1e-6);
    }

    [HostFact]
    public void A_site_may_have_no_place_for_its_streams()
    {
        var block = new RecomputeCase(4, CudaStreamType.BFloat16, mixes: true, embedded: false, tokens: 3, width: 64, sites: 4);
        int one = 3 * 4 * 64;

        Assert.Equal(block.SiteAfterSite()[^one..], block.Run(new HostLauncher(lastFirst: false), lastAlone: true));
    }

    [HostFact]
    public void It_reads_streams_once_and_each_output_and_writes_what_it_declares()
    {
        const int n = 4, tokens = 9, width = 160, sites = 5;
        HostLauncher launcher = new(lastFirst: false);
        new RecomputeCase(n, CudaStreamType.BFloat16, mixes: true, embedded: false, tokens, width, sites).Run(launcher);
        CudaTraffic declared = CudaTraffic.Recompute(n, sites);

        Assert.Equal((declared.Kernel, (long)declared.Reads, (long)declared.Writes), (launcher.Launched[0].Kernel, launcher.Launched[0].Read / (tokens * width * 2), launcher.Launched[0].Written / (tokens * width * 2)));
    }

    [HostFact]
    public void Rows_that_are_no_vectors_are_refused()
    {
        Assert.False(CudaStreamRecompute.Takes(new(5, 4, 36), CudaStreamType.BFloat16));
        Assert.Contains("site by site", Assert.Throws<PipelineException>(() =>
            new CudaStreamRecompute(new HostLauncher(lastFirst: false), new(5, 4, 36), CudaStreamType.BFloat16, mixes: true)).Message);
        Assert.Throws<PipelineException>(() =>
            new CudaStreamRecompute(new HostLauncher(lastFirst: false), new(5, 4, 64), CudaStreamType.BFloat16, mixes: true).Launch(0, false, new CudaSiteWrite[17]));
    }

    private static TheoryData<int, CudaStreamType, bool, bool, int, int, int> All()
    {
        var cases = new TheoryData<int, CudaStreamType, bool, bool, int, int, int>();
        for (int n = 1; n <= 8; n++)
            foreach (CudaStreamType type in Enum.GetValues<CudaStreamType>().Where(type => type != CudaStreamType.Float16))
                cases.Add(n, type, n % 3 != 0, n % 4 == 1, 1 + n, 32 * n, 1 + n);
        cases.Add(4, CudaStreamType.BFloat16, true, false, 3, 2112, 2); // two blocks of columns
        cases.Add(2, CudaStreamType.Float32, true, true, 5, 36, 17); // a launch of sixteen and one more
        return cases;
    }
}
