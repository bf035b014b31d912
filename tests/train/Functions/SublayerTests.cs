using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Model;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Functions;

/// <summary>The kernels as differentiable operations against the composed tensor operations: the same values and gradients.</summary>
public sealed class SublayerTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(128)]
    public void RmsNorm_gives_the_composed_values_and_gradients(int width) =>
        Compare([[2, 5, width], [width]], [2, 5, width], x => RmsNorm.Composed(x[0], x[1], 1e-6), x => RmsNorm.Apply(x[0], x[1], 1e-6));

    [Theory]
    [InlineData(24, 25)]
    [InlineData(128, 344)]
    public void An_mlp_gives_the_composed_values_and_gradients(int width, int inner) =>
        Compare(
            [[2, 5, width], [width], [2 * inner, width], [width, inner]], [2, 5, width],
            x => MlpSublayer.Composed(x[0], x[1], x[2], x[3], 1e-6), x => MlpSublayer.Apply(x[0], x[1], x[2], x[3], 1e-6));

    [Theory]
    [InlineData(4, 4, 16, 33)]
    [InlineData(6, 2, 10, 7)]
    public void Attention_gives_the_composed_values_and_gradients(int heads, int keys, int width, int sequence)
    {
        using var rotary = new RotaryEmbedding(width, sequence + 5, 10000, CPU);
        const int hidden = 21;
        Compare(
            [[3, sequence, hidden], [hidden], [(heads + (2 * keys)) * width, hidden], [hidden, heads * width]], [3, sequence, hidden],
            x => AttentionSublayer.Composed(x[0], x[1], x[2], x[3], heads, keys, rotary, 1e-6), x => AttentionSublayer.Apply(x[0], x[1], x[2], x[3], heads, keys, rotary, 1e-6));
    }

    [Theory]
    [InlineData(20, 65)] // one chunk
    [InlineData(100, 12000)] // three
    public void The_loss_gives_the_composed_value_and_gradients(int tokens, int vocabulary)
    {
        using Tensor targets = tensor([.. Enumerable.Range(0, tokens).Select(t => t % 3 == 1 ? -100L : t * 7 % vocabulary)]);
        Compare([[tokens, 24], [vocabulary, 24]], [], x => VocabularyLoss.Composed(x[0], x[1], targets), x => VocabularyLoss.Sum(x[0], x[1], targets));
    }

    [Fact]
    public void The_loss_without_gradients_is_the_same()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = tensor(Numbers.Normal(9 * 8, 1), [9, 8]), head = tensor(Numbers.Normal(30 * 8, 2), [30, 8]), targets = arange(9);
        using var frozen = no_grad();
        Assert.Equal(VocabularyLoss.Composed(hidden, head, targets).ToDouble(), VocabularyLoss.Sum(hidden, head, targets).ToDouble(), 1e-4);
    }

    [Fact]
    public void Other_types_than_single_precision_are_computed_by_tensor_operations()
    {
        using var scope = NewDisposeScope();
        using var rotary = new RotaryEmbedding(4, 6, 10000, CPU);
        Tensor x = rand(2, 6, 24, dtype: ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, RmsNorm.Apply(x, ones(24, dtype: ScalarType.Float64), 1e-6).dtype);
        Tensor norm = ones(24, dtype: ScalarType.Float64);
        Assert.Equal(ScalarType.Float64, MlpSublayer.Apply(x, norm, rand(60, 24, dtype: ScalarType.Float64), rand(24, 30, dtype: ScalarType.Float64), 1e-6).dtype);
        Assert.Equal(ScalarType.Float64, VocabularyLoss.Sum(x.view(12, 24), rand(7, 24, dtype: ScalarType.Float64), zeros(12, dtype: ScalarType.Int64)).dtype);
    }

    [Fact]
    public void A_tied_head_gets_the_gradients_of_both_its_uses()
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = TinyModel.Create(TinyModel.Config() with { TieWordEmbeddings = true });
        Tensor ids = TinyModel.Ids(2, 9), targets = TinyModel.Ids(2, 9, seed: 2);
        model.Loss(ids, targets).backward();
        float[] fused = Numbers.Of(model.Parameters.Gradient);
        model.Parameters.ClearGradient();
        nn.functional.cross_entropy(model.Forward(ids).view(18, -1), targets.view(-1), reduction: nn.Reduction.Sum).backward();
        Numbers.Close(Numbers.Of(model.Parameters.Gradient), fused, 1e-5, "gradient");
    }

    private static void Compare(long[][] shapes, long[] outputShape, Func<Tensor[], Tensor> composed, Func<Tensor[], Tensor> fused)
    {
        using var scope = NewDisposeScope();
        Tensor weights = tensor(Numbers.Normal((int)outputShape.Aggregate(1L, (a, b) => a * b), 99), outputShape);
        Tensor[] expectedInputs = Leaves(), inputs = Leaves();
        Tensor expected = composed(expectedInputs), actual = fused(inputs);
        Assert.Equal(outputShape, actual.shape);
        (expected * weights).sum().backward();
        (actual * weights).sum().backward();
        Numbers.Close(Numbers.Of(expected), Numbers.Of(actual), 1e-5, "value");
        for (int i = 0; i < inputs.Length; i++)
            Numbers.Close(Numbers.Of(expectedInputs[i].grad!), Numbers.Of(inputs[i].grad!), 1e-5, $"gradient {i}");

        Tensor[] Leaves() => [.. shapes.Select((shape, i) =>
        {
            Tensor leaf = tensor(Numbers.Normal((int)shape.Aggregate(1L, (a, b) => a * b), i + 1), shape);
            leaf.requires_grad = true;
            return leaf;
        })];
    }
}
