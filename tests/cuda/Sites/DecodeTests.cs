using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;
using Xunit.Abstractions;

namespace MhcPipeline.Cuda.Tests.Sites;

/// <summary>The forward pass of few tokens in one launch.</summary>
public sealed class DecodeTests(ITestOutputHelper output)
{
    public static TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int> Cases { get; } = All();

    [HostTheory]
    [MemberData(nameof(Cases))]
    public void Few_tokens_take_one_launch_which_gives_what_SiteKernel_gives(string connection, int n, CudaStreamType type, CudaSiteSource before, int tokens, int width)
    {
        HostLauncher launcher = new(lastFirst: false);

        SiteAssert.Right(Site(connection, n, type, before, tokens, width), launcher, output);
        Assert.Equal("site_decode", launcher.Launched[^1].Kernel);
    }

    [HostTheory]
    [InlineData(1)] // one block has every item in turn
    [InlineData(3)]
    [InlineData(40)] // more than there are items
    public void Neither_the_number_of_blocks_nor_whether_they_run_beside_one_another_changes_a_bit(int blocks)
    {
        int[] expected = Site("mhc", 4, CudaStreamType.BFloat16, CudaSiteSource.Mixes, 7, 160).Run(new HostLauncher(lastFirst: false)).ForwardBits();
        SiteCase site = Site("mhc", 4, CudaStreamType.BFloat16, CudaSiteSource.Mixes, 7, 160, blocks);

        Assert.Equal(expected, site.Run(new HostLauncher(lastFirst: false)).ForwardBits());
        Assert.Equal(expected, site.Run(new HostLauncher(lastFirst: false) { Alone = true }).ForwardBits());
        Assert.Equal(expected, site.Run(new HostLauncher(lastFirst: true) { Alone = true }).ForwardBits());
    }

    [HostFact]
    public void The_next_launch_finds_counters_as_the_first_did()
    {
        MhcOptions options = Connections.Options(2);
        SiteCase Times(int times) => new(new MhcMap(options), options, new(5, 2, 96), CudaStreamType.Float32, CudaSiteSource.Mixes) { Counts = true, ForwardOnly = true, Times = times };

        HostLauncher launcher = new(lastFirst: false);
        Assert.Equal(Times(1).Run(new HostLauncher(lastFirst: false)).ForwardBits(), Times(3).Run(launcher).ForwardBits());
        Assert.Equal(3, launcher.Launched.Count);
    }

    [HostFact]
    public void The_backward_pass_takes_what_one_launch_left()
    {
        MhcOptions options = Connections.Options(2);
        var site = new SiteCase(new MhcMap(options), options, new(16, 2, 96), CudaStreamType.BFloat16, CudaSiteSource.Mixes) { Counts = true };
        site.Compare(site.Run(new HostLauncher(lastFirst: false)));

        Assert.All(site.Errors, error => Assert.True(error.Fits, error.ToString()));
    }

    [Theory]
    [InlineData(32, 320, true)]
    [InlineData(33, 320, false)] // a thread has a token's vector
    [InlineData(8, 40, false)] // no whole slice
    public void The_launch_is_for_few_tokens_and_whole_slices(int tokens, int width, bool decodes)
    {
        MhcOptions options = Connections.Options(4);
        var kernel = new CudaSiteKernel(new HostLauncher(lastFirst: false), new MhcMap(options), options, CudaSiteSource.Mixes, new(tokens, 4, width), CudaStreamType.Float32, SiteCase.SmallDevice);

        Assert.Equal(decodes, kernel.Decodes);
    }

    internal static SiteCase Site(string connection, int n, CudaStreamType type, CudaSiteSource before, int tokens, int width, int blocks = CudaSiteShape.MostBlocks)
    {
        MhcOptions options = Connections.Options(n);
        return new(Connections.Map(connection, options), options, new(tokens, n, width), type, before, blocks: blocks) { Counts = true, ForwardOnly = true };
    }

    // Every connection with every n, type, token count and what stands before in turns.
    private static TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int> All()
    {
        var cases = new TheoryData<string, int, CudaStreamType, CudaSiteSource, int, int>();
        int[] tokens = [1, 2, 5, 8, 16, 19, 31, 32];
        int at = 0;
        foreach (string connection in (string[])["mhc", "hc", "mhc_lite", "identity", "head"])
            for (int n = 1; n <= (connection == "mhc_lite" ? MhcLiteMap.MaximumStreams : 8); n++, at++)
            {
                CudaSiteSource write = connection == "identity" ? CudaSiteSource.Gates : CudaSiteSource.Mixes;
                CudaStreamType type = at % 2 == 0 ? CudaStreamType.BFloat16 : CudaStreamType.Float32;
                cases.Add(connection, n, type, write, tokens[at % 8], n == 4 ? 288 : 32 * (1 + (at % 3)));
                if (n is 2 or 4)
                    cases.Add(connection, n, type == CudaStreamType.BFloat16 ? CudaStreamType.Float32 : CudaStreamType.BFloat16, write, tokens[(at + 3) % 8], 64);
                if (n == 3)
                    cases.Add(connection, n, type, CudaSiteSource.Embedding, 4, 64);
            }
        cases.Add("mhc", 4, CudaStreamType.BFloat16, CudaSiteSource.Mixes, 1, 2080); // more vectors of a row than threads that read
        cases.Add("head", 4, CudaStreamType.Float32, CudaSiteSource.Gates, 3, 1024);
        return cases;
    }
}
