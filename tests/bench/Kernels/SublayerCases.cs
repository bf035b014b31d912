using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Sublayers;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Optimization;
using static TorchSharp.torch;

namespace MhcPipeline.Bench.Kernels;

/// <summary>The kernels of the sublayers, the loss and the optimizer, at the sizes of a model of 384 wide with blocks of 256.</summary>
internal static class SublayerCases
{
    private const int Batch = 4, Sequence = 256, Width = 384, Heads = 6, HeadWidth = 64, Inner = 1024, Vocabulary = 8192, Parameters = 10_000_000;

    public static IEnumerable<KernelCase> All()
    {
        const long tokens = Batch * Sequence;
        yield return KernelCase.Differentiable("rms_norm", [[tokens, Width], [Width]], x => RmsNorm.Composed(x[0], x[1], 1e-6), x => RmsNorm.Apply(x[0], x[1], 1e-6));
        var rotary = new RotaryEmbedding(HeadWidth, Sequence, 10000, CPU);
        yield return KernelCase.Differentiable(
            "attention", [[Batch, Sequence, Width], [Width], [3 * Heads * HeadWidth, Width], [Width, Heads * HeadWidth]],
            x => AttentionSublayer.Composed(x[0], x[1], x[2], x[3], Heads, Heads, rotary, 1e-6), x => AttentionSublayer.Apply(x[0], x[1], x[2], x[3], Heads, Heads, rotary, 1e-6));
        yield return KernelCase.Differentiable(
            "mlp", [[Batch, Sequence, Width], [Width], [2 * Inner, Width], [Width, Inner]],
            x => MlpSublayer.Composed(x[0], x[1], x[2], x[3], 1e-6), x => MlpSublayer.Apply(x[0], x[1], x[2], x[3], 1e-6));
        Tensor targets = randint(0, Vocabulary, [tokens], dtype: ScalarType.Int64);
        yield return CrossEntropy(targets);
        yield return KernelCase.Differentiable(
            "vocabulary_loss", [[tokens, Width], [Vocabulary, Width]], x => VocabularyLoss.Composed(x[0], x[1], targets), x => VocabularyLoss.Sum(x[0], x[1], targets));
        yield return AdamWStep();
    }

    /// <summary>The kernel alone: in vocabulary_loss the head's products are most of the time, and the same on both sides.</summary>
    private static KernelCase CrossEntropy(Tensor targets)
    {
        Tensor logits = randn([targets.shape[0], Vocabulary], requires_grad: true), work = randn(logits.shape);
        return new("cross_entropy", () =>
        {
            using var scope = NewDisposeScope();
            autograd.grad([nn.functional.cross_entropy(logits, targets, reduction: nn.Reduction.Sum)], [logits]);
        }, () => CrossEntropyKernel.Sum(HostKernels.Floats(work), MemoryMarshal.Cast<byte, long>(targets.bytes), gradient: true)); // a gradient does for the next pass's logits
    }

    private static KernelCase AdamWStep()
    {
        const double rate = 1e-3, eps = 1e-8, keep = 0.9999;
        var options = new AdamWOptions();
        Tensor[] buffers = [.. Enumerable.Range(0, 4).Select(_ => rand(Parameters))];
        return new("adamw", () =>
        {
            using var frozen = no_grad();
            using var scope = NewDisposeScope();
            AdamW.Composed(buffers[0], buffers[1], buffers[2], buffers[3], Parameters, options, keep, rate, eps);
        }, () => AdamW.Fused(buffers[0], buffers[1], buffers[2], buffers[3], Parameters, options, keep, rate, eps),
        Bytes: 7L * sizeof(float) * Parameters); // reads four buffers, writes three
    }
}
