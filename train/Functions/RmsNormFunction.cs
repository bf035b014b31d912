using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary><see cref="RmsNormKernel"/> as a differentiable operation.</summary>
internal sealed class RmsNormFunction : Differentiable<RmsNormFunction>
{
    /// <summary>x [..., C] and weight [C] to [..., C].</summary>
    public static Tensor Normalise(Tensor x, Tensor weight, double eps) => Compute(x.contiguous(), weight, eps)[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        Tensor x = (Tensor)arguments[0]!, weight = (Tensor)arguments[1]!;
        Tensor y = empty(x.shape), roots = empty(x.numel() / weight.numel());
        RmsNormKernel.Forward(Floats(x), Floats(weight), (double)arguments[2]!, Floats(y), Floats(roots));
        ctx.save_for_backward([x, weight, roots]);
        return [y];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor x = saved[0], weight = saved[1], roots = saved[2], ofX = empty(x.shape), ofWeight = empty(weight.shape);
        RmsNormKernel.Backward(Floats(x), Floats(weight), Floats(roots), Floats(ofOutputs[0]), Floats(ofX), Floats(ofWeight));
        return [ofX, ofWeight, null];
    }
}
