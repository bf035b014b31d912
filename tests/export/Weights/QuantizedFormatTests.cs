using MhcPipeline.Export.Weights;
using Xunit;

namespace MhcPipeline.Export.Tests.Weights;

/// <summary>What ONNX Runtime computes with quantized matrices, against a plain product with the weights that their codes stand for.</summary>
public sealed class QuantizedFormatTests
{
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 8, 1, 64, 32 }, { 8, 3, 7, 37 }, { 8, 5, 33, 31 }, { 8, 1, 1, 1 }, { 8, 17, 40, 96 }, { 8, 1, 130, 257 },
        { 4, 1, 64, 32 }, { 4, 3, 7, 37 }, { 4, 5, 33, 31 }, { 4, 1, 1, 1 }, { 4, 17, 40, 96 }, { 4, 1, 130, 257 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_product_is_that_of_the_weights_that_the_codes_stand_for(int bits, int rows, int outputs, int width)
    {
        var random = new Random((bits * 1000) + width);
        float[] x = Normal(random, rows * width), matrix = Normal(random, outputs * width);

        float[] actual = MatrixProduct.Run(new QuantizedFormat(bits), x, rows, matrix, outputs, width);

        // The product rounds its input to int8 too, by blocks: 32 values of magnitude up to 3 or so, errors of up to 3 / 254 each.
        double[] expected = Product(x, rows, Dequantized(matrix, width, bits), outputs, width);
        double largest = actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        Assert.InRange(largest, 0, 0.05 * Math.Sqrt(width));
    }

    [Theory]
    [InlineData(8, 1.0 / 128)]
    [InlineData(4, 1.0 / 8)]
    public void A_weight_is_off_by_half_a_step_or_a_step_where_the_codes_end(int bits, double step)
    {
        float[] matrix = Normal(new Random(5), 64 * BlockQuantization.BlockSize);

        float[] stored = Dequantized(matrix, BlockQuantization.BlockSize, bits);

        foreach ((float[] block, float[] codes) in matrix.Chunk(BlockQuantization.BlockSize).Zip(stored.Chunk(BlockQuantization.BlockSize)))
        {
            float extreme = block.MaxBy(MathF.Abs);
            for (int i = 0; i < block.Length; i++)
            {
                bool beyond = -block[i] / extreme > 1 - (1.5 * step); // there is no code for minus the extreme
                Assert.InRange(Math.Abs(block[i] - codes[i]), 0, (beyond ? 1 : 0.5 + 1e-4) * step * Math.Abs(extreme));
            }
            Assert.Contains(extreme, codes);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(4)]
    public void A_block_of_zeros_stays_zero(int bits) => Assert.All(Dequantized(new float[50], 50, bits), weight => Assert.Equal(0, weight));

    [Fact]
    public void The_first_of_two_codes_of_four_bits_lies_in_the_lower_half_of_a_byte()
    {
        var codes = new byte[16];

        new BlockQuantization(4).Encode([-8, 7, 0, 1], codes);

        Assert.Equal([0xF0, 0x98, 0x88], codes[..3]);
    }

    [Fact]
    public void A_weight_that_is_not_a_number_is_not_hidden() => Assert.True(float.IsNaN(new BlockQuantization(8).Scale([1, float.NaN, 2])));

    /// <summary>The weights that the codes of a matrix stand for, read as ONNX Runtime documents MatMulNBits: (code - 2^(bits - 1)) · scale.</summary>
    private static float[] Dequantized(float[] matrix, int width, int bits)
    {
        var quantization = new BlockQuantization(bits);
        var codes = new byte[quantization.BlockBytes];
        return [.. matrix.Chunk(width).SelectMany(row => row.Chunk(BlockQuantization.BlockSize)).SelectMany(block =>
        {
            quantization.Encode(block, codes);
            float scale = quantization.Scale(block);
            return Enumerable.Range(0, block.Length).Select(i =>
            {
                int code = bits == 8 ? codes[i] : i % 2 == 0 ? codes[i / 2] & 15 : codes[i / 2] >> 4;
                return (code - (1 << (bits - 1))) * scale;
            }).ToArray();
        })];
    }

    private static double[] Product(float[] x, int rows, float[] matrix, int outputs, int width) =>
        [.. Enumerable.Range(0, rows * outputs).Select(at => Enumerable.Range(0, width).Sum(k => (double)x[(at / outputs * width) + k] * matrix[(at % outputs * width) + k]))];

    private static float[] Normal(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
