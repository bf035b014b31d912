using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Cuda.Tests.Host;

namespace MhcPipeline.Cuda.Tests.Sublayers;

/// <summary>SwiGLU forward and backward, against <see cref="SwiGluKernel"/>.</summary>
internal sealed class SwiGluCase(CudaElement type, int tokens, int inner) : KernelCase
{
    public override void Run(ILauncher launcher, HostMemory memory)
    {
        float[] both = DeviceNumbers.Rounded(SiteNumbers.Normal(tokens * 2 * inner, 1, 4), type), g = DeviceNumbers.Rounded(SiteNumbers.Normal(tokens * inner, 2), type);
        float[] y = new float[g.Length], gboth = new float[both.Length];
        SwiGluKernel.Forward(both, inner, y);
        SwiGluKernel.Backward(both, inner, g, gboth);

        var kernel = new CudaSwiGlu(launcher, type, tokens, inner);
        nint dboth = DeviceNumbers.Put(memory, both, type), dg = DeviceNumbers.Put(memory, g, type);
        nint dy = DeviceNumbers.Empty(memory, y.Length, type), again = DeviceNumbers.Empty(memory, y.Length, type), dgboth = DeviceNumbers.Empty(memory, both.Length, type);
        kernel.Forward(dboth, dy);
        kernel.Backward(dboth, dg, dgboth, again);

        Within("y", y, DeviceNumbers.Get(dy, y.Length, type), type, 1e-6);
        Within("y again", y, DeviceNumbers.Get(again, y.Length, type), type, 1e-6);
        Within("gradients", gboth, DeviceNumbers.Get(dgboth, gboth.Length, type), type, 1e-6);
    }
}
