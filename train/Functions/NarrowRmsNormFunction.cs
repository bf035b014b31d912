using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// RMSNorm of bf16 numbers by tensor operations, computed in float32. It keeps its input and a number a row; what tensor operations keep of themselves
/// would be four times the input.
/// </summary>
internal sealed class NarrowRmsNormFunction : Differentiable<NarrowRmsNormFunction>
{
    /// <summary>x [..., C] and weight float32 [C] to [..., C] in x's type.</summary>
    public static Tensor Normalise(Tensor x, Tensor weight, double eps) => Compute(x, weight, eps)[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor x = (Tensor)arguments[0]!, weight = (Tensor)arguments[1]!, wide = x.Widen();
        Tensor roots = RmsNorm.InverseRoot(wide, (double)arguments[2]!); // [..., 1]
        ctx.save_for_backward([x, weight, roots.MoveToOuterDisposeScope()]);
        return [(wide * roots * weight).to_type(x.dtype).MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor x = saved[0], weight = saved[1], roots = saved[2];
        Tensor g = ofOutputs[0].Widen(), y = x.Widen() * roots; // y: normed, without the weight
        Tensor ofY = g * weight;
        Tensor ofX = (ofY - (y * (ofY * y).mean([-1L], keepdim: true))).mul_(roots);
        return [ofX.to_type(x.dtype), (g * y).view(-1, weight.numel()).sum([0L]), null];
    }
}
