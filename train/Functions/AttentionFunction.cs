using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// An attention sublayer as one differentiable operation on the CPU: norm, queries, keys and values in one product, <see cref="AttentionKernel"/>,
/// output projection. The normed input is made again in the backward pass; of the scores one number a row is kept.
/// </summary>
internal sealed class AttentionFunction : Differentiable<AttentionFunction>
{
    /// <summary>u [B,S,C] to [B,S,C].</summary>
    /// <param name="u">The sublayer's input.</param>
    /// <param name="norm">[C].</param>
    /// <param name="qkv">[(H+2K)D,C].</param>
    /// <param name="project">[C,HD].</param>
    /// <param name="heads">H.</param>
    /// <param name="keys">K.</param>
    /// <param name="rotary">For at least S positions.</param>
    /// <param name="eps">Added to the mean square.</param>
    public static Tensor Apply(Tensor u, Tensor norm, Tensor qkv, Tensor project, int heads, int keys, RotaryEmbedding rotary, double eps)
    {
        var shape = new AttentionShape((int)u.shape[0], (int)u.shape[1], heads, keys, (int)qkv.shape[0] / (heads + (2 * keys)));
        return Compute(u.contiguous(), norm, qkv, project, shape, rotary, eps)[0];
    }

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        Tensor u = (Tensor)arguments[0]!, norm = (Tensor)arguments[1]!, qkv = (Tensor)arguments[2]!, project = (Tensor)arguments[3]!;
        var shape = (AttentionShape)arguments[4]!;
        var rotary = (RotaryEmbedding)arguments[5]!;
        long tokens = (long)shape.Batch * shape.Sequence;
        Tensor x = empty(tokens, norm.numel()), roots = empty(tokens);
        RmsNormKernel.Forward(Floats(u), Floats(norm), (double)arguments[6]!, Floats(x), Floats(roots));
        Tensor packed = LinearProducts.Forward(x, qkv); // [T,(H+2K)D]
        Tensor mixed = empty(tokens, (long)shape.Heads * shape.Width), logSums = empty(shape.Batch, shape.Heads, shape.Sequence);
        AttentionKernel.Forward(shape, Floats(packed), Floats(rotary.Cos), Floats(rotary.Sin), Floats(mixed), Floats(logSums));
        ctx.save_for_backward([u, norm, qkv, project, packed.MoveToOuterDisposeScope(), mixed.MoveToOuterDisposeScope(), logSums.MoveToOuterDisposeScope()]);
        ctx.save_data("shape", shape);
        ctx.save_data("rotary", rotary);
        ctx.save_data("eps", arguments[6]!);
        return [LinearProducts.Forward(mixed, project).view(u.shape).MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor u = saved[0], norm = saved[1], qkv = saved[2], project = saved[3], packed = saved[4], mixed = saved[5], logSums = saved[6];
        var shape = (AttentionShape)ctx.get_data("shape")!;
        var rotary = (RotaryEmbedding)ctx.get_data("rotary")!;
        long tokens = packed.shape[0];
        Tensor g = ofOutputs[0].view(tokens, norm.numel());
        Tensor ofMixed = LinearProducts.InputGradient(g, project), ofProject = LinearProducts.WeightGradient(g, mixed); // [T,HD], [C,HD]
        Tensor ofPacked = empty(packed.shape);
        AttentionKernel.Backward(shape, Floats(packed), Floats(rotary.Cos), Floats(rotary.Sin), Floats(mixed), Floats(logSums), Floats(ofMixed), Floats(ofPacked));
        Tensor x = empty(tokens, norm.numel()), roots = empty(tokens);
        RmsNormKernel.Forward(Floats(u), Floats(norm), (double)ctx.get_data("eps")!, Floats(x), Floats(roots));
        Tensor ofQkv = LinearProducts.WeightGradient(ofPacked, x), ofX = LinearProducts.InputGradient(ofPacked, qkv); // [(H+2K)D,C], [T,C]
        Tensor ofU = empty(u.shape), ofNorm = empty(norm.shape);
        RmsNormKernel.Backward(Floats(u), Floats(norm), Floats(roots), Floats(ofX), Floats(ofU), Floats(ofNorm));
        return [ofU, ofNorm, ofQkv, ofProject, null, null, null];
    }
}
