using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MhcPipeline.Train.Functions;

/// <summary>The cross-entropy of the head's logits with the targets, without the logits of all positions at once.</summary>
public static class VocabularyLoss
{
    /// <summary>Sums, chunk by chunk: by kernels on single-precision numbers in the host's memory, by tensor operations elsewhere.</summary>
    /// <param name="hidden">[T,C].</param>
    /// <param name="head">[V,C].</param>
    /// <param name="targets">int64 [T], -100 where nothing is to be learnt.</param>
    /// <returns>A scalar, in nats.</returns>
    public static Tensor Sum(Tensor hidden, Tensor head, Tensor targets) =>
        HostKernels.Serve(hidden) ? VocabularyLossFunction.Sum(hidden, head, targets) : ChunkedLossFunction.Sum(hidden, head, targets);

    /// <summary>The same with all logits at once: the reference for both.</summary>
    /// <param name="hidden">[T,C].</param>
    /// <param name="head">[V,C].</param>
    /// <param name="targets">int64 [T].</param>
    /// <returns>A scalar, in nats.</returns>
    public static Tensor Composed(Tensor hidden, Tensor head, Tensor targets) =>
        cross_entropy(LinearProducts.Composed(hidden, head).Widen(), targets, ignore_index: -100, reduction: nn.Reduction.Sum);
}
