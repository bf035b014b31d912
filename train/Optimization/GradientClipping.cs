using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Parameters;
using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary>Clipping by the global norm (arXiv 1211.5063).</summary>
public static class GradientClipping
{
    /// <summary>Shortens the gradient to <paramref name="largest"/> where it is longer, or leaves that to the optimizer.</summary>
    /// <param name="parameters">Hold the gradient.</param>
    /// <param name="largest">Largest Euclidean norm over all parameters; 0 leaves the gradient alone.</param>
    public static GradientNorm Clip(ParameterStore parameters, double largest)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor gradient = parameters.Gradient;
        if (DeviceKernels.For(gradient) is { } device)
        {
            var kernel = new CudaGradientNorm(device.Launcher, gradient.numel());
            Tensor result = empty(CudaGradientNorm.ResultBytes / sizeof(float), dtype: ScalarType.Float32, device: gradient.device);
            using Tensor workspace = DeviceKernels.Workspace(kernel.Workspace, gradient);
            kernel.Norm(DeviceKernels.Address(gradient), largest, DeviceKernels.Address(result), DeviceKernels.Address(workspace));
            return new(result.narrow(0, 0, 1).squeeze(0).MoveToOuterDisposeScope(), result.narrow(0, 1, 1).MoveToOuterDisposeScope());
        }
        if (HostKernels.Serve(gradient))
        {
            double length = GradientKernel.Norm(HostKernels.Floats(gradient));
            if (largest > 0 && length > largest && double.IsFinite(length))
                GradientKernel.Scale(HostKernels.Floats(gradient), largest / length);
            return new(tensor(length).MoveToOuterDisposeScope(), null);
        }
        Tensor norm = gradient.norm();
        if (largest > 0)
            gradient.mul_((norm.reciprocal() * Held(largest)).clamp(max: One));
        return new(norm.MoveToOuterDisposeScope(), null);
    }
}
