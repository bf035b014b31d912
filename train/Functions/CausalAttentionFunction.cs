using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary><see cref="AttentionKernel"/> as a differentiable operation: it keeps one number a row of scores instead of the scores.</summary>
internal sealed class CausalAttentionFunction : autograd.SingleTensorFunction<CausalAttentionFunction>
{
    public override string Name => nameof(CausalAttentionFunction);

    /// <summary>[B,S,(H+2K)D] to [B,S,HD].</summary>
    public static Tensor Mix(Tensor packed, int heads, int keys, RotaryEmbedding rotary)
    {
        long[] sizes = packed.shape;
        return apply(packed.contiguous(), new AttentionShape((int)sizes[0], (int)sizes[1], heads, keys, (int)sizes[2] / (heads + (2 * keys))), rotary);
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var packed = (Tensor)vars[0];
        var shape = (AttentionShape)vars[1];
        var rotary = (RotaryEmbedding)vars[2];
        Tensor output = empty(shape.Batch, shape.Sequence, shape.Heads * shape.Width), logSums = empty(shape.Batch, shape.Heads, shape.Sequence);
        AttentionKernel.Forward(shape, Floats(packed), Floats(rotary.Cos), Floats(rotary.Sin), Floats(output), Floats(logSums));
        ctx.save_for_backward([packed, output, logSums]);
        ctx.save_data("shape", shape);
        ctx.save_data("rotary", rotary);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var scope = NewDisposeScope();
        List<Tensor> saved = ctx.get_saved_variables();
        Tensor packed = saved[0], output = saved[1], logSums = saved[2], ofOutput = grad_output.contiguous(), ofPacked = empty(packed.shape);
        var shape = (AttentionShape)ctx.get_data("shape")!;
        var rotary = (RotaryEmbedding)ctx.get_data("rotary")!;
        AttentionKernel.Backward(
            shape, Floats(packed), Floats(rotary.Cos), Floats(rotary.Sin), Floats(output), Floats(logSums), Floats(ofOutput), Floats(ofPacked));
        return HandedOver.Gradients([grad_output], ofPacked, null, null);
    }
}
