using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>RMSNorm as one differentiable operation. It keeps its input and a number a row.</summary>
internal sealed class RmsNormFunction : Differentiable<RmsNormFunction>
{
    /// <summary>x [..., C] and weight [C] to [..., C].</summary>
    public static Tensor Normalise(ISublayerKernels kernels, Tensor x, Tensor weight, double eps) => Compute(kernels, kernels.Dense(x), weight, eps)[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        var kernels = (ISublayerKernels)arguments[0]!;
        Tensor x = (Tensor)arguments[1]!, weight = (Tensor)arguments[2]!;
        (Tensor y, Tensor roots) = kernels.Normalise(x, weight, (double)arguments[3]!);
        ctx.save_for_backward([x, weight, roots.MoveToOuterDisposeScope()]);
        ctx.save_data("kernels", kernels);
        return [y.MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        var kernels = (ISublayerKernels)ctx.get_data("kernels")!;
        (Tensor ofX, Tensor ofWeight) = kernels.NormGradients(saved[0], saved[1], saved[2], kernels.Dense(ofOutputs[0]));
        return [null, ofX, ofWeight, null];
    }
}
