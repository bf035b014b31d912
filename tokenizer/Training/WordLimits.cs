namespace MhcPipeline.Tokenization.Training;

/// <summary>What bounds the memory of <see cref="WordCounter"/>.</summary>
public sealed record WordLimits
{
    /// <summary>Text is counted in segments of this many UTF-16 units; only after a segment are its words added to the table, and the table pruned.</summary>
    public int SegmentLength { get; init; } = 8 << 20;

    /// <summary>Most distinct words that the table keeps from one segment to the next.</summary>
    public int Words { get; init; } = 2_000_000;

    /// <summary>Most UTF-16 units that these words have together.</summary>
    public long Characters { get; init; } = 32_000_000;

    /// <summary>Longer pieces (base64, unbroken scripts) are cut into words of this many UTF-16 units.</summary>
    public int WordLength { get; init; } = 64;
}
