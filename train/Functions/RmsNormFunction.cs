using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary><see cref="RmsNormKernel"/> as a differentiable operation.</summary>
internal sealed class RmsNormFunction : autograd.SingleTensorFunction<RmsNormFunction>
{
    public override string Name => nameof(RmsNormFunction);

    /// <summary>x [..., C] and weight [C] to [..., C].</summary>
    public static Tensor Normalise(Tensor x, Tensor weight, double eps) => apply(x.contiguous(), weight, eps);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor x = (Tensor)vars[0], weight = (Tensor)vars[1];
        Tensor y = empty(x.shape), roots = empty(x.numel() / weight.numel());
        RmsNormKernel.Forward(Floats(x), Floats(weight), (double)vars[2], Floats(y), Floats(roots));
        ctx.save_for_backward([x, weight, roots]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor x = saved[0], weight = saved[1], roots = saved[2], ofY = grad_output.contiguous();
        Tensor ofX = empty(x.shape), ofWeight = empty(weight.shape);
        RmsNormKernel.Backward(Floats(x), Floats(weight), Floats(roots), Floats(ofY), Floats(ofX), Floats(ofWeight));
        return HandedOver.Gradients([grad_output], ofX, ofWeight, null);
    }
}
