using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MhcPipeline.Train.Functions;

/// <summary>The cross-entropy of the head's logits with the targets, without the logits of all positions at once.</summary>
public static class VocabularyLoss
{
    /// <summary>Sums: chunk by chunk in the host's memory, by tensor operations elsewhere.</summary>
    /// <param name="hidden">[T,C].</param>
    /// <param name="head">[V,C].</param>
    /// <param name="targets">int64 [T], -100 where nothing is to be learnt.</param>
    /// <returns>A scalar, in nats.</returns>
    public static Tensor Sum(Tensor hidden, Tensor head, Tensor targets) =>
        HostKernels.Serve(hidden) ? VocabularyLossFunction.Sum(hidden, head, targets) : Composed(hidden, head, targets);

    /// <summary>The same by tensor operations: the reference for the kernel.</summary>
    /// <param name="hidden">[T,C].</param>
    /// <param name="head">[V,C].</param>
    /// <param name="targets">int64 [T].</param>
    /// <returns>A scalar, in nats.</returns>
    public static Tensor Composed(Tensor hidden, Tensor head, Tensor targets) =>
        cross_entropy(linear(hidden, head), targets, ignore_index: -100, reduction: nn.Reduction.Sum);
}
