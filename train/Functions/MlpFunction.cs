using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// An MLP sublayer as one differentiable operation on the CPU: norm, gate and up in one product, SwiGLU, down. It keeps its input and the
/// gates; the normed input and SwiGLU's result are made again in the backward pass, which reads them once.
/// </summary>
internal sealed class MlpFunction : Differentiable<MlpFunction>
{
    /// <summary>u [B,S,C] to [B,S,C].</summary>
    /// <param name="u">The sublayer's input.</param>
    /// <param name="norm">[C].</param>
    /// <param name="gateUp">[2I,C].</param>
    /// <param name="down">[C,I].</param>
    /// <param name="eps">Added to the mean square.</param>
    public static Tensor Apply(Tensor u, Tensor norm, Tensor gateUp, Tensor down, double eps) => Compute(u.contiguous(), norm, gateUp, down, eps)[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        Tensor u = (Tensor)arguments[0]!, norm = (Tensor)arguments[1]!, gateUp = (Tensor)arguments[2]!, down = (Tensor)arguments[3]!;
        long tokens = u.numel() / norm.numel(), inner = down.shape[1];
        Tensor x = empty(tokens, norm.numel()), roots = empty(tokens), y = empty(tokens, inner);
        RmsNormKernel.Forward(Floats(u), Floats(norm), (double)arguments[4]!, Floats(x), Floats(roots));
        Tensor both = LinearProducts.Forward(x, gateUp); // [T,2I]
        SwiGluKernel.Forward(Floats(both), (int)inner, Floats(y));
        ctx.save_for_backward([u, norm, gateUp, down, both.MoveToOuterDisposeScope()]);
        ctx.save_data("eps", arguments[4]!);
        return [LinearProducts.Forward(y, down).view(u.shape).MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor u = saved[0], norm = saved[1], gateUp = saved[2], down = saved[3], both = saved[4];
        long tokens = both.shape[0], inner = down.shape[1];
        Tensor g = ofOutputs[0].view(tokens, norm.numel());
        Tensor ofY = LinearProducts.InputGradient(g, down); // [T,I]
        Tensor y = empty(tokens, inner), ofBoth = empty(both.shape);
        SwiGluKernel.Backward(Floats(both), (int)inner, Floats(ofY), Floats(ofBoth), Floats(y));
        Tensor ofDown = LinearProducts.WeightGradient(g, y); // [C,I]
        Tensor x = empty(tokens, norm.numel()), roots = empty(tokens);
        RmsNormKernel.Forward(Floats(u), Floats(norm), (double)ctx.get_data("eps")!, Floats(x), Floats(roots));
        Tensor ofGateUp = LinearProducts.WeightGradient(ofBoth, x); // [2I,C]
        Tensor ofX = LinearProducts.InputGradient(ofBoth, gateUp); // [T,C]
        Tensor ofU = empty(u.shape), ofNorm = empty(norm.shape);
        RmsNormKernel.Backward(Floats(u), Floats(norm), Floats(roots), Floats(ofX), Floats(ofU), Floats(ofNorm));
        return [ofU, ofNorm, ofGateUp, ofDown, null];
    }
}
