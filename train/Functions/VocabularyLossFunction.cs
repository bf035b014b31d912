using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// The head's product and <see cref="CrossEntropyKernel"/> as one differentiable operation over chunks of positions, whose logits (4 MB)
/// are still in a cache when the kernel and the products of the gradient read them. The gradients are computed on the way forward, since
/// the logits are gone afterwards; backward multiplies them by the loss's own.
/// </summary>
internal sealed class VocabularyLossFunction : Differentiable<VocabularyLossFunction>
{
    private const long ChunkLogits = 1 << 20;

    /// <summary>The gradient of the head is read and written once a chunk: fewer rows would spend their time on that.</summary>
    private const long SmallestChunk = 128;

    /// <summary>Positions whose logits are there at once.</summary>
    public static double ChunkRows(double tokens, double vocabulary) => Math.Min(tokens, Math.Max(SmallestChunk, Math.Floor(ChunkLogits / vocabulary)));

    /// <summary>hidden [T,C], head [V,C] and targets [T] to a scalar.</summary>
    public static Tensor Sum(Tensor hidden, Tensor head, Tensor targets) =>
        Compute(hidden.contiguous(), head, targets.contiguous(), is_grad_enabled() && (hidden.requires_grad || head.requires_grad))[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        Tensor hidden = (Tensor)arguments[0]!, head = (Tensor)arguments[1]!, targets = (Tensor)arguments[2]!;
        bool gradient = (bool)arguments[3]!;
        long tokens = hidden.shape[0], vocabulary = head.shape[0], size = (long)ChunkRows(tokens, vocabulary);
        Tensor logits = empty(size, vocabulary);
        Tensor? ofHidden = gradient ? empty(hidden.shape) : null, ofHead = gradient ? empty(head.shape) : null;
        double loss = 0;
        for (long first = 0; first < tokens; first += size)
        {
            using var chunk = NewDisposeScope();
            long count = Math.Min(size, tokens - first);
            Tensor rows = logits.narrow(0, 0, count), inputs = hidden.narrow(0, first, count); // [count,V], [count,C]
            LinearProducts.Forward(inputs, head, rows);
            loss += CrossEntropyKernel.Sum(Floats(rows), MemoryMarshal.Cast<byte, long>(targets.narrow(0, first, count).bytes), gradient);
            if (!gradient)
                continue;
            LinearProducts.InputGradient(rows, head, ofHidden!.narrow(0, first, count));
            LinearProducts.WeightGradient(rows, inputs, ofHead!, add: first > 0);
        }
        if (gradient)
            ctx.save_for_backward([ofHidden!.MoveToOuterDisposeScope(), ofHead!.MoveToOuterDisposeScope()]);
        return [tensor((float)loss).MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        return [saved[0] * ofOutputs[0], saved[1] * ofOutputs[0], null, null];
    }
}
