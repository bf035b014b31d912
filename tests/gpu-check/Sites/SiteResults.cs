namespace MhcPipeline.GpuCheck.Sites;

/// <summary>What a forward and a backward pass wrote.</summary>
internal sealed class SiteResults
{
    public required float[] Alone { get; init; }

    public required float[] Written { get; init; }

    public required float[] Products { get; init; }

    public required float[] Roots { get; init; }

    public required float[] Writing { get; init; }

    public required float[] Input { get; init; }

    public required float[] Normed { get; init; }

    public required float[] NormRoots { get; init; }

    public required float[] OfEmbedding { get; init; }

    public required float[] OfX { get; init; }

    public required float[] OfOutput { get; init; }

    public required float[] OfBefore { get; init; }

    public required float[] OfFn { get; init; }

    public required float[] OfBase { get; init; }

    public required float[] OfScale { get; init; }

    /// <summary>What the forward pass wrote, bit by bit.</summary>
    public int[] ForwardBits() =>
        [.. ((float[][])[Written, Products, Roots, Writing, Input, Normed, NormRoots]).SelectMany(values => values).Select(BitConverter.SingleToInt32Bits)];

    /// <summary>All of it, bit by bit.</summary>
    public int[] Bits() =>
        [.. ((float[][])[Alone, Written, Products, Roots, Writing, Input, Normed, NormRoots, OfEmbedding, OfX, OfOutput, OfBefore, OfFn, OfBase, OfScale]).SelectMany(values => values).Select(BitConverter.SingleToInt32Bits)];
}
