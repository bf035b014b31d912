using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// The head's product and the cross-entropy by tensor operations, over chunks of positions, of which no logits stay: the gradients are computed on the way
/// forward, as <see cref="VocabularyLossFunction"/> does. Products are of the hidden states' type, logits and sums at least float32, and nothing waits for a device.
/// </summary>
internal sealed class ChunkedLossFunction : Differentiable<ChunkedLossFunction>
{
    /// <summary>256 MB of float32: products that a GPU is busy with.</summary>
    private const long ChunkLogits = 1 << 26;

    /// <summary>Targets below 0 bear no loss.</summary>
    private const long FirstToken = 0;

    /// <summary>Positions whose logits are there at once.</summary>
    public static double ChunkRows(double tokens, double vocabulary) => Math.Min(tokens, Math.Max(128, Math.Floor(ChunkLogits / vocabulary)));

    /// <summary>hidden [T,C], head float32 [V,C] and targets [T] to a scalar.</summary>
    public static Tensor Sum(Tensor hidden, Tensor head, Tensor targets) =>
        Sum(hidden, head, targets, (long)ChunkRows(hidden.shape[0], head.shape[0]));

    /// <summary>The same in chunks of so many positions.</summary>
    internal static Tensor Sum(Tensor hidden, Tensor head, Tensor targets, long rows) =>
        Compute(hidden, head, targets, is_grad_enabled() && (hidden.requires_grad || head.requires_grad), rows)[0];

    protected override Tensor[] Forward(autograd.AutogradContext ctx, object?[] arguments)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor hidden = (Tensor)arguments[0]!, head = (Tensor)arguments[1]!, targets = (Tensor)arguments[2]!;
        (bool gradient, long size) = ((bool)arguments[3]!, (long)arguments[4]!);
        Tensor narrow = head.to_type(hidden.dtype), loss = zeros([], dtype: hidden.dtype == ScalarType.BFloat16 ? ScalarType.Float32 : hidden.dtype, device: hidden.device);
        Tensor? ofHidden = gradient ? empty_like(hidden) : null, ofHead = gradient ? zeros_like(head) : null;
        for (long first = 0; first < hidden.shape[0]; first += size)
        {
            using var chunk = NewDisposeScope();
            long count = Math.Min(size, hidden.shape[0] - first);
            Tensor inputs = hidden.narrow(0, first, count), target = targets.narrow(0, first, count).unsqueeze(1); // [count,C], [count,1]
            Tensor logits = inputs.matmul(narrow.t()).Widen(), logSum = logits.logsumexp(1, keepdim: true); // [count,V], [count,1]
            Tensor counts = target.ge(FirstToken), index = target.clamp(min: FirstToken);
            loss.add_(((logSum - logits.gather(1, index)) * counts).sum());
            if (!gradient)
                continue;
            Tensor ofLogits = logits.sub_(logSum).exp_(); // softmax
            ofLogits = ofLogits.scatter_add_(1, index, full_like(logSum, -1)).mul_(counts).to_type(hidden.dtype);
            ofHidden!.narrow(0, first, count).copy_(ofLogits.matmul(narrow));
            ofHead!.add_(ofLogits.t().matmul(inputs));
        }
        if (gradient)
            ctx.save_for_backward([ofHidden!.MoveToOuterDisposeScope(), ofHead!.MoveToOuterDisposeScope()]);
        return [loss.MoveToOuterDisposeScope()];
    }

    protected override Tensor?[] Backward(autograd.AutogradContext ctx, Tensor[] ofOutputs)
    {
        List<Tensor> saved = ctx.get_saved_variables();
        return [saved[0] * ofOutputs[0], saved[1] * ofOutputs[0], null, null, null];
    }
}
