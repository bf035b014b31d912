using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Optimization;

/// <summary>A step of AdamW on a gradient that is clipped on the device, against <see cref="AdamWKernel"/> and <see cref="GradientKernel"/>.</summary>
/// <param name="count">Elements.</param>
/// <param name="decayed">Those from the start on that decay.</param>
/// <param name="start">The first element that the optimizer has in its buffers: addresses are ones of 16 bytes where it is a multiple of 4.</param>
/// <param name="largest">The norm to clip to.</param>
internal sealed class AdamWCase(int count, int decayed, int start, double largest) : KernelCase
{
    public override void Run(ILauncher launcher, HostMemory memory)
    {
        const double keep = 0.9, beta1 = 0.8, beta2 = 0.95, rate = 0.03, eps = 1e-3;
        float[] values = SiteNumbers.Normal(start + count, 1), gradient = SiteNumbers.Normal(start + count, 2), first = SiteNumbers.Normal(start + count, 3);
        float[] second = [.. SiteNumbers.Normal(start + count, 4).Select(Math.Abs)];
        nint dvalues = DeviceNumbers.Put(memory, values), dgradient = DeviceNumbers.Put(memory, gradient), dfirst = DeviceNumbers.Put(memory, first), dsecond = DeviceNumbers.Put(memory, second);
        nint rounded = DeviceNumbers.Put(memory, values, CudaElement.BFloat16), result = memory.Take(CudaGradientNorm.ResultBytes);

        var norm = new CudaGradientNorm(launcher, start + count);
        norm.Norm(dgradient, largest, result, memory.Take(norm.Workspace));
        nint at = start * sizeof(float);
        new CudaAdamW(launcher).Step(
            dvalues + at, dgradient + at, dfirst + at, dsecond + at, count, decayed, keep, beta1, beta2, rate, eps, result + CudaGradientNorm.Factor, rounded + (start * sizeof(ushort)));

        double length = GradientKernel.Norm(gradient);
        if (largest > 0 && length > largest)
            GradientKernel.Scale(gradient, largest / length);
        AdamWKernel.Step(values.AsSpan(start), gradient.AsSpan(start), first.AsSpan(start), second.AsSpan(start), decayed, keep, beta1, beta2, rate, eps);

        Within("the norm", [(float)length], DeviceNumbers.Get(result, 1), CudaElement.Float32, 1e-6);
        Within("values", values, DeviceNumbers.Get(dvalues, values.Length), CudaElement.Float32, 2e-7);
        Within("first moments", first, DeviceNumbers.Get(dfirst, first.Length), CudaElement.Float32, 2e-7);
        Within("second moments", second, DeviceNumbers.Get(dsecond, second.Length), CudaElement.Float32, 2e-7);
        Within("values in bf16", values, DeviceNumbers.Get(rounded, values.Length, CudaElement.BFloat16), CudaElement.BFloat16, 2e-7);
    }
}
