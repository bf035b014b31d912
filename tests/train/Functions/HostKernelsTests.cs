using MhcPipeline.Train.Functions;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Functions;

public sealed unsafe class HostKernelsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)] // a part of a larger buffer
    public void Large_tensors_have_the_pointer_that_small_ones_have(long first)
    {
        using var scope = NewDisposeScope();
        Tensor part = arange(12, dtype: ScalarType.Float32).narrow(0, first, 4);
        Assert.Equal((nint)HostKernels.Pointer(part), (nint)HostKernels.PointerOfStorage(part));
        Assert.Equal([first, first + 1f, first + 2f, first + 3f], HostKernels.Floats(part).ToArray());
    }

    [Fact]
    public void Kernels_leave_to_tensor_operations_what_they_cannot_count()
    {
        using var scope = NewDisposeScope();
        Tensor x = empty(3, 1 << 10);
        Assert.True(HostKernels.Serve(x, widest: 1 << 29));
        Assert.False(HostKernels.Serve(x, widest: 1 << 30)); // 3 * 2^30 numbers
        Assert.False(HostKernels.Serve(x.to_type(ScalarType.Float64)));
    }
}
