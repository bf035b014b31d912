using MhcPipeline.Train.Functions;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Functions;

/// <summary>Sublayers and loss in bf16 against the same in float32: values and gradients within what bf16 rounds off.</summary>
public sealed class NarrowNumbersTests
{
    private const int Batch = 2, Sequence = 7, Width = 32, Inner = 48, Heads = 4, Keys = 2, Vocabulary = 50;

    /// <summary>bf16 has eight bits; a few roundings in a row.</summary>
    private const double Limit = 0.02;

    [Fact]
    public void A_norm_s_own_way_back_is_that_of_tensor_operations()
    {
        using var scope = NewDisposeScope();
        Tensor x = Values(1, Batch, Sequence, Width).to_type(ScalarType.BFloat16).to_type(ScalarType.Float32);
        Compare(1e-5, [x, Values(2, Width)], inputs => NarrowRmsNormFunction.Normalise(inputs[0], inputs[1], 1e-6), inputs => RmsNorm.Composed(inputs[0], inputs[1], 1e-6), narrow: false);
    }

    [Fact]
    public void A_norm_in_bf16() =>
        Compare(Limit, [Values(1, Batch, Sequence, Width), Values(2, Width)], inputs => RmsNorm.Apply(inputs[0], inputs[1], 1e-6));

    [Fact]
    public void An_attention_sublayer_in_bf16()
    {
        using var rotary = new RotaryEmbedding(Width / Heads, Sequence, 10000, CPU);
        Compare(
            Limit, [Values(1, Batch, Sequence, Width), Values(2, Width), Values(3, (Heads + (2 * Keys)) * Width / Heads, Width), Values(4, Width, Width)],
            inputs => AttentionSublayer.Apply(inputs[0], inputs[1], inputs[2], inputs[3], Heads, Keys, rotary, 1e-6));
    }

    [Fact]
    public void An_MLP_sublayer_in_bf16() => Compare(
        Limit, [Values(1, Batch, Sequence, Width), Values(2, Width), Values(3, 2 * Inner, Width), Values(4, Width, Inner)],
        inputs => MlpSublayer.Apply(inputs[0], inputs[1], inputs[2], inputs[3], 1e-6));

    [Fact]
    public void A_loss_in_bf16() =>
        Compare(Limit, [Values(1, Batch * Sequence, Width), Values(2, Vocabulary, Width) * 0.2], inputs => VocabularyLoss.Sum(inputs[0], inputs[1], Targets()));

    [Theory]
    [InlineData(1)]
    [InlineData(5)] // the last chunk is shorter
    [InlineData(100)]
    public void A_loss_in_chunks_is_the_whole(int rows)
    {
        using var scope = NewDisposeScope();
        Compare(
            1e-5, [Values(1, Batch * Sequence, Width), Values(2, Vocabulary, Width)], inputs => ChunkedLossFunction.Sum(inputs[0], inputs[1], Targets(), rows),
            inputs => VocabularyLoss.Composed(inputs[0], inputs[1], Targets()), narrow: false);
    }

    [Fact]
    public void Gradients_of_weights_are_added_up_in_float32()
    {
        using var scope = NewDisposeScope();
        Tensor weight = zeros(1, 1).requires_grad_(), x = ones([1, 1], dtype: ScalarType.BFloat16);
        for (int i = 0; i < 300; i++)
            LinearProducts.Composed(x, weight).sum().backward(); // bf16 would stay at 256
        Assert.Equal(ScalarType.Float32, weight.grad!.dtype);
        Assert.Equal(300, weight.grad.ToDouble());
    }

    private static Tensor Targets()
    {
        long[] targets = TinyModel.Tokens(Batch * Sequence, Vocabulary);
        targets[3] = targets[9] = -100;
        return tensor(targets);
    }

    private static Tensor Values(int seed, params long[] shape) =>
        tensor(Numbers.Normal((int)shape.Aggregate(1L, (product, size) => product * size), seed, shape.Length == 2 ? 1 / Math.Sqrt(shape[1]) : 1), shape);

    /// <summary>The first input in bf16, the others as they are, against all in float32.</summary>
    private static void Compare(double limit, Tensor[] inputs, Func<Tensor[], Tensor> compute, Func<Tensor[], Tensor>? reference = null, bool narrow = true)
    {
        using var scope = NewDisposeScope();
        float[][] expected = Run(inputs, reference ?? compute, narrow: false), actual = Run(inputs, compute, narrow);
        for (int i = 0; i < expected.Length; i++)
            Numbers.Close(expected[i], actual[i], limit, i == 0 ? "values" : $"gradient of input {i - 1}");
    }

    private static float[][] Run(Tensor[] inputs, Func<Tensor[], Tensor> compute, bool narrow)
    {
        Tensor[] leaves = [.. inputs.Select(input => input.detach().clone().requires_grad_())];
        Tensor y = compute([narrow ? leaves[0].to_type(ScalarType.BFloat16) : leaves[0], .. leaves[1..]]);
        Tensor weighted = y.dim() == 0 ? y : (y * Values(9, y.shape)).sum();
        BackwardPass.Run(weighted);
        return [Numbers.Of(y), .. leaves.Select(leaf => Numbers.Of(leaf.grad!))];
    }
}
