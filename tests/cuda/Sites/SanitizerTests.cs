using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sites;

public sealed class SanitizerTests
{
    [HostTheory]
    [InlineData(CudaStreamType.BFloat16, "site_fast_mixes_mhc_2_bf16", 96, 10)]
    [InlineData(CudaStreamType.Float32, "site_plain_mhc_2_f32", 37, 6)]
    public void Kernels_stay_within_their_buffers_and_the_language(CudaStreamType type, string program, int width, int launches)
    {
        MhcOptions options = Connections.Options(2);
        using var memory = new HostMemory();
        var replay = new HostReplay(new HostLauncher(lastFirst: false), memory, program);
        new SiteCase(new MhcMap(options), options, new(35, 2, width), type, CudaSiteSource.Mixes, blocks: 2).Run(replay, memory);

        Assert.Equal((launches, ""), replay.Run());
    }

    [HostTheory]
    [InlineData(CudaStreamType.BFloat16, "site_decode_mixes_mhc_2_bf16", 19, 96)]
    [InlineData(CudaStreamType.Float32, "site_decode_mixes_mhc_2_f32", 5, 64)]
    [InlineData(CudaStreamType.BFloat16, "site_reuse_mixes_mhc_2_bf16", 150, 96)]
    public void So_do_kernels_whose_blocks_wait_for_one_another(CudaStreamType type, string program, int tokens, int width)
    {
        MhcOptions options = Connections.Options(2);
        using var memory = new HostMemory();
        var replay = new HostReplay(new HostLauncher(lastFirst: false), memory, program);
        new SiteCase(new MhcMap(options), options, new(tokens, 2, width), type, CudaSiteSource.Mixes, blocks: 3) { Counts = true, Reuses = true, ForwardOnly = true, Times = 2 }.Run(replay, memory);

        Assert.Equal((2, ""), replay.Run());
    }

    [HostFact]
    public void So_does_a_block_of_sites()
    {
        using var memory = new HostMemory();
        var replay = new HostReplay(new HostLauncher(lastFirst: false), memory, "site_recompute_mixes_sum_2_bf16");
        new RecomputeCase(2, CudaStreamType.BFloat16, mixes: true, embedded: true, tokens: 3, width: 72, sites: 17).Run(replay, memory);

        Assert.Equal((2, ""), replay.Run());
    }
}
