using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Train.Parameters;
using TorchSharp;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary>Clipping by the global norm (arXiv 1211.5063).</summary>
public static class GradientClipping
{
    /// <summary>The same without waiting for the device. A gradient that is no finite number, or whose norm is none, makes weights that are none: whoever reads the norm finds it.</summary>
    /// <returns>The norm before clipping, a scalar on the gradient's device.</returns>
    public static Tensor ClipAhead(ParameterStore parameters, double largest)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor norm = parameters.Gradient.norm();
        if (largest > 0)
            parameters.Gradient.mul_((norm.reciprocal() * largest).clamp(max: 1));
        return norm.MoveToOuterDisposeScope();
    }

    /// <summary>Shortens the gradient to <paramref name="largest"/> where it is longer.</summary>
    /// <param name="parameters">Hold the gradient.</param>
    /// <param name="largest">Largest Euclidean norm over all parameters; 0 leaves the gradient alone.</param>
    /// <returns>The norm before clipping; NaN or infinite when the gradient is.</returns>
    public static double Clip(ParameterStore parameters, double largest)
    {
        using var scope = NewDisposeScope();
        Tensor gradient = parameters.Gradient;
        bool kernels = Serve(gradient);
        double norm = kernels ? GradientKernel.Norm(Floats(gradient)) : gradient.norm().ToDouble();
        if (largest > 0 && norm > largest && double.IsFinite(norm))
        {
            if (kernels)
                GradientKernel.Scale(Floats(gradient), largest / norm);
            else
                gradient.mul_(largest / norm);
        }
        return norm;
    }
}
