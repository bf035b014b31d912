using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Cuda.Tests.Host;
using Xunit;

namespace MhcPipeline.Cuda.Tests.Optimization;

public sealed class AdamWTests
{
    [HostTheory]
    [InlineData(1, 0, 0, 0)]
    [InlineData(1030, 1030, 0, 0)] // all decay, nothing is clipped
    [InlineData(1030, 513, 2, 1)] // where the optimizer's part begins, addresses are not of 16 bytes
    [InlineData(1030, 0, 4, 1e6)] // none decays, the norm is smaller
    public void A_step_is_the_CPU_s(int count, int decayed, int start, double largest)
    {
        var step = new AdamWCase(count, decayed, start, largest);
        step.Run(new HostLauncher(lastFirst: false));

        Assert.Empty(step.Wrong);
    }

    [HostFact]
    public void It_reads_16_bytes_a_parameter_and_writes_12()
    {
        var launcher = new HostLauncher(lastFirst: false);
        new AdamWCase(4096, 4096, 0, 1).Run(launcher);

        Assert.Equal(("gradient_squares", 4096L * 4, 0L, 0L), launcher.Launched[0]);
        Assert.Equal(("adamw", 4096L * 16, 4096L * 12, 0L), launcher.Launched[2]);
    }

    [HostTheory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(2e19f)] // whose square is beyond single precision
    public void A_gradient_that_is_not_finite_changes_nothing(float element)
    {
        using var memory = new HostMemory();
        var launcher = new HostLauncher(lastFirst: false);
        float[] ones = [.. Enumerable.Repeat(1f, 300)], gradient = [.. ones];
        gradient[299] = element;
        nint values = DeviceNumbers.Put(memory, ones), first = DeviceNumbers.Put(memory, ones), second = DeviceNumbers.Put(memory, ones), dgradient = DeviceNumbers.Put(memory, gradient);
        nint result = memory.Take(CudaGradientNorm.ResultBytes);
        var norm = new CudaGradientNorm(launcher, 300);

        norm.Norm(dgradient, 0, result, memory.Take(norm.Workspace));
        new CudaAdamW(launcher).Step(values, dgradient, first, second, 300, 300, 0.5, 0.9, 0.99, 0.1, 1e-8, result + CudaGradientNorm.Factor);

        Assert.False(float.IsFinite(DeviceNumbers.Get(result, 2)[0]));
        Assert.True(float.IsNaN(DeviceNumbers.Get(result, 2)[1]));
        Assert.All((nint[])[values, first, second], buffer => Assert.Equal(ones, DeviceNumbers.Get(buffer, 300)));
    }

    [HostFact]
    public void Several_blocks_sum_a_norm_as_exactly_as_one()
    {
        using var memory = new HostMemory();
        float[] gradient = SiteNumbers.Normal(70001, 5, 1e-3);
        nint result = memory.Take(CudaGradientNorm.ResultBytes);
        var norm = new CudaGradientNorm(new HostLauncher(lastFirst: true), gradient.Length);

        norm.Norm(DeviceNumbers.Put(memory, gradient), 0.1, result, memory.Take(norm.Workspace));

        double expected = Math.Sqrt(gradient.Sum(value => (double)value * value));
        float[] actual = DeviceNumbers.Get(result, 2);
        Assert.Equal(expected, actual[0], 1e-7 * expected);
        Assert.Equal(0.1 / expected, actual[1], 1e-7);
    }
}
