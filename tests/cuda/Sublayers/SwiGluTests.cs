using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sublayers;

public sealed class SwiGluTests
{
    [HostTheory]
    [InlineData(CudaElement.BFloat16, 1, 1)]
    [InlineData(CudaElement.BFloat16, 3, 13)] // up begins beside 16 bytes
    [InlineData(CudaElement.Float32, 2, 2048)]
    public void It_is_the_CPU_s_of_every_type_and_size(CudaElement type, int tokens, int inner)
    {
        var gates = new SwiGluCase(type, tokens, inner);
        gates.Run(new HostLauncher(lastFirst: false));

        Assert.Empty(gates.Wrong);
    }

    [HostFact]
    public void Gates_far_below_zero_close_and_far_above_let_through()
    {
        using var memory = new HostMemory();
        nint both = DeviceNumbers.Put(memory, [-200f, 200f, 3f, 5f]), y = DeviceNumbers.Empty(memory, 2);

        new CudaSwiGlu(new HostLauncher(lastFirst: false), CudaElement.Float32, 1, 2).Forward(both, y);

        Assert.Equal([-0f, 1000f], DeviceNumbers.Get(y, 2));
    }

    [HostFact]
    public void The_gradient_may_take_the_place_of_its_input_and_y_is_made_again_only_where_it_is_wanted()
    {
        const int tokens = 4, inner = 24;
        using var memory = new HostMemory();
        var launcher = new HostLauncher(lastFirst: true);
        var kernel = new CudaSwiGlu(launcher, CudaElement.BFloat16, tokens, inner);
        nint both = DeviceNumbers.Put(memory, SiteNumbers.Normal(tokens * inner * 2, 1), CudaElement.BFloat16), g = DeviceNumbers.Put(memory, SiteNumbers.Normal(tokens * inner, 2), CudaElement.BFloat16);
        nint apart = DeviceNumbers.Empty(memory, tokens * inner * 2, CudaElement.BFloat16);

        kernel.Backward(both, g, apart);
        kernel.Backward(both, g, both);

        Assert.Equal(DeviceNumbers.Get(apart, tokens * inner * 2, CudaElement.BFloat16), DeviceNumbers.Get(both, tokens * inner * 2, CudaElement.BFloat16));
        Assert.All(launcher.Launched, launch => Assert.Equal((2L * tokens * inner * 3, 2L * tokens * inner * 2), (launch.Read, launch.Written)));
    }
}
