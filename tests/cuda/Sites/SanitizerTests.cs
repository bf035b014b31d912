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
}
