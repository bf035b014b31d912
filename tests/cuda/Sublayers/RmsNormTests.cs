using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Sublayers;

public sealed class RmsNormTests
{
    [HostTheory]
    [InlineData(CudaElement.BFloat16, CudaElement.BFloat16, 5, 64)] // the weight as it is stored
    [InlineData(CudaElement.Float32, CudaElement.BFloat16, 5, 41)]
    [InlineData(CudaElement.BFloat16, CudaElement.Float32, 1, 1)]
    [InlineData(CudaElement.BFloat16, CudaElement.Float32, 18, 2560)] // two rounds of 160 threads
    [InlineData(CudaElement.Float32, CudaElement.Float32, 3, 8200)]
    public void It_is_the_CPU_s_of_every_type_and_size(CudaElement type, CudaElement weights, int tokens, int width)
    {
        var norm = new RmsNormCase(type, weights, tokens, width);
        norm.Run(new HostLauncher(lastFirst: false));

        Assert.Empty(norm.Wrong);
    }

    [HostFact]
    public void The_gradient_may_be_written_over_the_one_that_came()
    {
        const int tokens = 6, width = 72;
        using var memory = new HostMemory();
        var kernel = new CudaRmsNorm(new HostLauncher(lastFirst: true), CudaElement.Float32, tokens, width);
        float[] x = SiteNumbers.Normal(tokens * width, 1), w = SiteNumbers.Normal(width, 2), g = SiteNumbers.Normal(tokens * width, 3), roots = [1, 2, 3, 4, 5, 6];
        nint dx = DeviceNumbers.Put(memory, x), dw = DeviceNumbers.Put(memory, w), droots = DeviceNumbers.Put(memory, roots), dg = DeviceNumbers.Put(memory, g);
        nint apart = DeviceNumbers.Empty(memory, x.Length), dgw = DeviceNumbers.Empty(memory, width), workspace = memory.Take(kernel.BackwardWorkspace);

        kernel.Backward(dx, dw, droots, dg, apart, dgw, workspace);
        kernel.Backward(dx, dw, droots, dg, dg, dgw, workspace);

        Assert.Equal(DeviceNumbers.Get(apart, x.Length), DeviceNumbers.Get(dg, x.Length));
    }

    [HostTheory]
    [InlineData(CudaElement.BFloat16)]
    [InlineData(CudaElement.Float32)]
    public void Forward_reads_x_twice_and_the_weight_and_writes_y_in_whole_words(CudaElement type)
    {
        const int tokens = 16, width = 320;
        var launcher = new HostLauncher(lastFirst: false);
        new RmsNormCase(type, type, tokens, width).Run(launcher);
        long size = type == CudaElement.BFloat16 ? 2 : 4, all = tokens * width * size;

        // Every second read of x or g comes from the cache, and so do those of the weight.
        Assert.Equal(("rms_norm", 3 * all, all, 0L), launcher.Launched[0]);
        Assert.Equal(("rms_norm_backward", (4 * all) + (2 * all / 4), all, 0L), launcher.Launched[1]);
    }

    [Fact]
    public void No_tokens_are_an_error()
    {
        var e = Assert.Throws<PipelineException>(() => new CudaRmsNorm(new HostLauncher(lastFirst: false), CudaElement.Float32, 0, 8));

        Assert.Equal("There are 0 tokens of 8 columns to normalise; CUDA kernels take one or more.", e.Message);
    }
}
