namespace MhcPipeline.Export.Weights;

/// <summary>
/// Weights as whole numbers of 4 or 8 bits with a scale for each block of a row: w ≈ (code - zero) · scale, zero = 2^(bits - 1), as
/// com.microsoft.MatMulNBits reads them when it is given no zero points.
/// </summary>
/// <param name="bits">4 or 8.</param>
internal sealed class BlockQuantization(int bits)
{
    /// <summary>Weights that share a scale: 32 is what ONNX Runtime's int8 kernels are made for, and llama.cpp's formats too.</summary>
    public const int BlockSize = 32;

    private readonly int _zero = 1 << (bits - 1);

    /// <summary>Bytes of a block's codes.</summary>
    public int BlockBytes => BlockSize * bits / 8;

    /// <summary>Blocks of a row; the last one is filled up with zeros.</summary>
    public static long Blocks(long width) => (width + BlockSize - 1) / BlockSize;

    /// <summary>
    /// The scale of a block. The codes reach one further below zero than above it, so the weight of the largest magnitude
    /// takes the lowest code, with a negative scale where it is positive: a block of 4 bits uses all of its 16 codes.
    /// </summary>
    public float Scale(ReadOnlySpan<float> block)
    {
        float extreme = 0;
        foreach (float weight in block)
        {
            if (float.IsNaN(weight))
                return weight; // so that the verification of the export finds it
            if (MathF.Abs(weight) > MathF.Abs(extreme))
                extreme = weight;
        }
        return extreme / -_zero;
    }

    /// <summary>Writes the codes of a block, <see cref="BlockBytes"/> bytes, the first of two 4-bit codes in the lower half of a byte.</summary>
    public void Encode(ReadOnlySpan<float> block, Span<byte> codes)
    {
        float scale = Scale(block), inverse = scale == 0 ? 0 : 1 / scale;
        codes.Clear();
        for (int i = 0; i < BlockSize; i++)
        {
            float steps = i < block.Length ? MathF.Round(block[i] * inverse) : 0;
            int code = (int)Math.Clamp(steps, -_zero, _zero - 1) + _zero;
            codes[i * bits / 8] |= (byte)(code << (i * bits % 8));
        }
    }
}
