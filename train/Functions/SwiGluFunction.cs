using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary><see cref="SwiGluKernel"/> as a differentiable operation.</summary>
internal sealed class SwiGluFunction : autograd.SingleTensorFunction<SwiGluFunction>
{
    public override string Name => nameof(SwiGluFunction);

    /// <summary>[..., 2I] to [..., I].</summary>
    public static Tensor Gate(Tensor both) => apply(both.contiguous());

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var both = (Tensor)vars[0];
        long[] shape = both.shape;
        shape[^1] /= 2;
        Tensor y = empty(shape);
        SwiGluKernel.Forward(Floats(both), (int)shape[^1], Floats(y));
        ctx.save_for_backward([both]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        Tensor both = ctx.get_saved_variables()[0], ofY = grad_output.contiguous(), ofBoth = empty(both.shape);
        SwiGluKernel.Backward(Floats(both), (int)ofY.shape[^1], Floats(ofY), Floats(ofBoth));
        return HandedOver.Gradients([grad_output], ofBoth);
    }
}
