using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Sublayers;

/// <summary>RMSNorm forward and backward, against <see cref="RmsNormKernel"/>.</summary>
internal sealed class RmsNormCase(CudaElement type, CudaElement weights, int tokens, int width) : KernelCase
{
    private const double Eps = 1e-3; // large enough to show

    public override void Run(ILauncher launcher, HostMemory memory)
    {
        float[] x = DeviceNumbers.Rounded(SiteNumbers.Normal(tokens * width, 1), type), g = DeviceNumbers.Rounded(SiteNumbers.Normal(tokens * width, 2), type);
        float[] w = DeviceNumbers.Rounded(SiteNumbers.Normal(width, 3), weights);
        float[] y = new float[x.Length], roots = new float[tokens], gx = new float[x.Length], gw = new float[width];
        RmsNormKernel.Forward(x, w, Eps, y, roots);
        RmsNormKernel.Backward(x, w, roots, g, gx, gw);

        var kernel = new CudaRmsNorm(launcher, type, tokens, width, weights);
        nint dx = DeviceNumbers.Put(memory, x, type), dw = DeviceNumbers.Put(memory, w, weights), dg = DeviceNumbers.Put(memory, g, type);
        nint dy = DeviceNumbers.Empty(memory, x.Length, type), droots = DeviceNumbers.Empty(memory, tokens), dgx = DeviceNumbers.Empty(memory, x.Length, type), dgw = DeviceNumbers.Empty(memory, width);
        kernel.Forward(dx, dw, Eps, dy, droots);
        kernel.Backward(dx, dw, droots, dg, dgx, dgw, memory.Take(kernel.BackwardWorkspace));

        Within("y", y, DeviceNumbers.Get(dy, y.Length, type), type, 1e-6);
        Within("roots", roots, DeviceNumbers.Get(droots, tokens), CudaElement.Float32, 1e-6);
        Within("x's gradient", gx, DeviceNumbers.Get(dgx, gx.Length, type), type, 2e-6);
        Within("the weight's gradient", gw, DeviceNumbers.Get(dgw, width), CudaElement.Float32, 2e-6);
    }
}
