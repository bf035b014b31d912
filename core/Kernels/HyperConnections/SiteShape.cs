namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>Sizes of a site's tensors.</summary>
/// <param name="Tokens">T.</param>
/// <param name="Streams">n.</param>
/// <param name="Width">C.</param>
public readonly record struct SiteShape(int Tokens, int Streams, int Width)
{
    /// <summary>Bytes of a tile of streams that leave room in a second-level cache for the sublayer's tensors and fn.</summary>
    private const int TileBytes = 128 * 1024;

    /// <summary>A part is at least this long: below, threads cost more than they bring.</summary>
    private const int TokensOfPart = 256;

    private const int MaximumParts = 32;

    /// <summary>Numbers of streams that a host's threads, which wait by spinning, take over from one another at a gain: some ten microseconds' work.</summary>
    private const int NumbersOfHostedPart = 24 * 1024;

    /// <summary>The same of fn, which is only read.</summary>
    private const int NumbersOfRowPart = 12 * 1024;

    private const int RowsOfPart = 4;

    /// <summary>Numbers of a token's streams.</summary>
    public int Flat => Streams * Width;

    /// <summary>Tokens that a kernel works on at once: a multiple of 16, so of every vector.</summary>
    internal int Tile => Math.Clamp(TileBytes / sizeof(float) / Flat / 16, 1, 4) * 16;

    /// <summary>Parts that may run on threads of their own. A matter of sizes only, so that sums are the same on every machine.</summary>
    internal int Parts => Math.Clamp(Tokens / TokensOfPart, 1, MaximumParts);

    /// <summary>Parts of a forward pass on a host's threads; any number of them gives the same results.</summary>
    internal int HostedParts => (int)Math.Clamp((long)Tokens * Flat / NumbersOfHostedPart, 1, MaximumParts);

    /// <summary>Parts that fn is cut into where the tokens are too few to be: it is then most of what a site reads.</summary>
    /// <param name="rows">Of fn.</param>
    /// <param name="width">Of a row.</param>
    internal static int HostedRowParts(int rows, int width) => (int)Math.Clamp((long)rows * width / NumbersOfRowPart, 1, Math.Max(1, rows / RowsOfPart));

    /// <summary>First token of one of <paramref name="parts"/> parts.</summary>
    internal int Start(int part, int parts)
    {
        int unit = Tokens / parts < 16 ? 8 : 16;
        return (int)((long)Tokens * part / parts / unit) * unit;
    }

    /// <summary>Behind the last token of one of <paramref name="parts"/> parts.</summary>
    internal int End(int part, int parts) => part == parts - 1 ? Tokens : Start(part + 1, parts);
}
