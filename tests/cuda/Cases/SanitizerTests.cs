using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Cases;

public sealed class SanitizerTests
{
    [HostTheory]
    [InlineData("rms_norm_f32", 3)]
    [InlineData("swiglu_f32", 2)]
    [InlineData("cross_entropy_f32", 4)]
    [InlineData("adamw", 1)]
    [InlineData("gradient_norm", 2)]
    [InlineData("muon", 10)]
    public void Kernels_stay_within_their_buffers_and_the_language(string name, int launches)
    {
        using var memory = new HostMemory();
        var replay = new HostReplay(new HostLauncher(lastFirst: false), memory, KernelCases.All[name].Program.Name);
        KernelCases.Of(name).Run(replay, memory);

        Assert.Equal((launches, ""), replay.Run());
    }
}
