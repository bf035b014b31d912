using MhcPipeline.Core.Kernels.Sublayers;
using Xunit;

namespace MhcPipeline.Core.Tests.Kernels;

public sealed class AttentionKernelTests
{
    [Theory]
    [InlineData(2, 1, 1, 1, 2)]
    [InlineData(1, 7, 2, 1, 6)]
    [InlineData(2, 33, 4, 2, 10)]
    [InlineData(1, 64, 4, 4, 32)]
    [InlineData(1, 65, 6, 2, 34)]
    [InlineData(1, 100, 3, 1, 64)]
    [InlineData(1, 130, 2, 2, 18)]
    public void Outputs_and_gradients_are_those_of_the_formulas_whatever_the_sizes(int batch, int sequence, int heads, int keys, int width)
    {
        var shape = new AttentionShape(batch, sequence, heads, keys, width);
        float[] packed = KernelNumbers.Normal(batch * sequence * shape.Packed, 1), ofOutput = KernelNumbers.Normal(batch * sequence * heads * width, 2);
        (double[] output, double[] gradient) = AttentionReference.Compute(shape, packed, ofOutput);
        foreach (int lanes in new[] { 1, 4, 8, 16 })
            KernelNumbers.With(lanes, threads: 2, () =>
            {
                (float[] actual, float[] actualGradient) = Compute(shape, packed, ofOutput);
                KernelNumbers.Close(output, actual, 2e-6, $"output, {lanes} lanes");
                KernelNumbers.Close(gradient, actualGradient, 5e-6, $"gradient, {lanes} lanes");
            });
    }

    [Fact]
    public void Blocks_of_few_queries_for_long_sequences_give_the_same()
    {
        var shape = new AttentionShape(1, 2100, 1, 1, 4); // more than a thousand tokens: blocks shrink
        float[] packed = KernelNumbers.Normal(2100 * shape.Packed, 3), ofOutput = KernelNumbers.Normal(2100 * 4, 4);
        (double[] output, double[] gradient) = AttentionReference.Compute(shape, packed, ofOutput);
        (float[] actual, float[] actualGradient) = Compute(shape, packed, ofOutput);
        KernelNumbers.Close(output, actual, 1e-5, "output");
        KernelNumbers.Close(gradient, actualGradient, 2e-5, "gradient");
    }

    [Fact]
    public void Scores_beyond_the_range_of_the_exponential_are_no_trouble()
    {
        var shape = new AttentionShape(1, 20, 2, 1, 8);
        float[] packed = KernelNumbers.Normal(20 * shape.Packed, 5, deviation: 30), ofOutput = KernelNumbers.Normal(20 * 16, 6);
        (double[] output, double[] gradient) = AttentionReference.Compute(shape, packed, ofOutput);
        (float[] actual, float[] actualGradient) = Compute(shape, packed, ofOutput);
        KernelNumbers.Close(output, actual, 1e-3, "output");
        KernelNumbers.Close(gradient, actualGradient, 1e-2, "gradient");
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var shape = new AttentionShape(3, 37, 4, 2, 12);
        float[] packed = KernelNumbers.Normal(3 * 37 * shape.Packed, 7), ofOutput = KernelNumbers.Normal(3 * 37 * 48, 8);
        (float[] Output, float[] Gradient) one = default, three = default;
        KernelNumbers.With(lanes: 0, threads: 1, () => one = Compute(shape, packed, ofOutput));
        KernelNumbers.With(lanes: 0, threads: 3, () => three = Compute(shape, packed, ofOutput));
        Assert.Equal(one.Output, three.Output);
        Assert.Equal(one.Gradient, three.Gradient);
    }

    [Fact]
    public void A_sequence_longer_than_the_rotary_tables_is_refused()
    {
        var shape = new AttentionShape(1, 9, 1, 1, 4);
        var error = Assert.Throws<ArgumentException>(() => AttentionKernel.Forward(shape, new float[9 * 12], new float[8 * 4], new float[8 * 4], new float[36], new float[9]));
        Assert.Contains("8 positions", error.Message);
    }

    private static (float[] Output, float[] Gradient) Compute(AttentionShape shape, float[] packed, float[] ofOutput)
    {
        (float[] cos, float[] sin) = AttentionReference.Tables(shape.Sequence + 3, shape.Width);
        float[] output = new float[ofOutput.Length], logSums = new float[shape.Batch * shape.Heads * shape.Sequence], gradient = new float[packed.Length];
        Array.Fill(output, float.NaN);
        Array.Fill(gradient, float.NaN);
        AttentionKernel.Forward(shape, packed, cos, sin, output, logSums);
        AttentionKernel.Backward(shape, packed, cos, sin, output, logSums, ofOutput, gradient);
        return (output, gradient);
    }
}
