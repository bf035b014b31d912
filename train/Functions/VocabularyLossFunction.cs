using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// The head's product and the cross-entropy as one differentiable operation over chunks of positions, of which no logits stay. The gradients are computed
/// on the way forward, since the logits are gone afterwards; backward multiplies them by the loss's own. Nothing waits for a device.
/// </summary>
internal sealed class VocabularyLossFunction : Differentiable<VocabularyLossFunction>
{
    /// <summary>The gradient of the head is read and written once a chunk: fewer rows would spend their time on that.</summary>
    private const long SmallestChunk = 128;

    /// <summary>Positions whose logits are there at once.</summary>
    public static double ChunkRows(ISublayerKernels kernels, double tokens, double vocabulary) =>
        Math.Min(tokens, Math.Max(SmallestChunk, Math.Floor(kernels.ChunkLogits / vocabulary)));

    /// <summary>hidden [T,C], head [V,C] and targets [T] to a scalar.</summary>
    public static Tensor Sum(ISublayerKernels kernels, Tensor hidden, Tensor head, Tensor targets) =>
        Sum(kernels, hidden, head, targets, (long)ChunkRows(kernels, hidden.shape[0], head.shape[0]));

    /// <summary>The same in chunks of so many positions.</summary>
    internal static Tensor Sum(ISublayerKernels kernels, Tensor hidden, Tensor head, Tensor targets, long rows) =>
        Compute(kernels, kernels.Dense(hidden), head, targets.contiguous(), is_grad_enabled() && (hidden.requires_grad || head.requires_grad), rows)[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        var kernels = (ISublayerKernels)arguments[0]!;
        Tensor hidden = (Tensor)arguments[1]!, head = (Tensor)arguments[2]!, targets = (Tensor)arguments[3]!;
        (bool gradient, long size) = ((bool)arguments[4]!, (long)arguments[5]!);
        long tokens = hidden.shape[0];
        Tensor narrow = head.to_type(hidden.dtype), logits = empty([size, head.shape[0]], dtype: hidden.dtype, device: hidden.device);
        Tensor? ofHidden = gradient ? empty_like(hidden) : null, ofHead = gradient ? empty_like(head) : null;
        Tensor loss = zeros([], dtype: ScalarType.Float64, device: hidden.device);
        for (long first = 0; first < tokens; first += size)
        {
            using var chunk = NewDisposeScope();
            long count = Math.Min(size, tokens - first);
            Tensor rows = logits.narrow(0, 0, count), inputs = hidden.narrow(0, first, count); // [count,V], [count,C]
            LinearProducts.Forward(inputs, narrow, rows);
            kernels.CrossEntropy(rows, targets.narrow(0, first, count), loss, gradient);
            if (!gradient)
                continue;
            LinearProducts.InputGradient(rows, narrow, ofHidden!.narrow(0, first, count));
            LinearProducts.WeightGradient(rows, inputs, ofHead!, add: first > 0);
        }
        if (gradient)
            ctx.save_for_backward([ofHidden!.MoveToOuterDisposeScope(), ofHead!.MoveToOuterDisposeScope()]);
        return [loss.to_type(hidden.dtype == ScalarType.BFloat16 ? ScalarType.Float32 : hidden.dtype).MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        return [null, saved[0] * ofOutputs[0], saved[1] * ofOutputs[0], null, null, null];
    }
}
