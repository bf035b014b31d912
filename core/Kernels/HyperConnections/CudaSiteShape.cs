using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// How the fast kernels cut a site up: sizes of launches and of shared memory. Whatever decides the order of sums is a matter of the map, what
/// stands before and the shape; only the number of warps in a block depends on the device, and no sum depends on that.
/// </summary>
internal sealed class CudaSiteShape
{
    /// <summary>Columns of a warp's step.</summary>
    public const int Columns = 32;

    private const int TileTokens = 16;

    /// <summary>Bytes of fn's fragments of eight rows and 32 columns: bf16 and what it loses.</summary>
    private const int FragmentBytes = 8 * Columns * 4;

    /// <summary>Numbers of 32 bits that the gradients stage at once.</summary>
    private const int StagedFloats = 2048;

    /// <summary>Numbers of 32 bits in a tensor core's operand.</summary>
    private const int OperandFloats = 128;

    /// <summary>fn's fragments of eight rows and eight columns that four warps of the gradients keep on every device, for more than four streams.</summary>
    private const int FourWarpsFragments = 36;

    /// <summary>fn's fragments that a block of products keeps: with four streams of mhc, 128 columns.</summary>
    private const int ProductFragments = 48 * 1024;

    /// <summary>Blocks that fill the largest devices twice over.</summary>
    public const int MostBlocks = 264;

    /// <summary>The most streams of which a warp of the gradients has 32 columns; of more, eight.</summary>
    private const int StreamsOfWholeWarps = 4;

    private CudaSiteShape()
    {
    }

    /// <summary>Whether the forward kernels take the site.</summary>
    public bool Forward { get; private init; }

    /// <summary>Whether the backward kernels do.</summary>
    public bool Backward { get; private init; }

    /// <summary>Chunks of 32 columns in a slice of the products.</summary>
    public int Chunks { get; private init; }

    /// <summary>Slices of the products.</summary>
    public int Slices { get; private init; }

    /// <summary>Warps of a block of the products.</summary>
    public int ProductWarps { get; private init; }

    /// <summary>Blocks a slice of the products.</summary>
    public int ProductBlocks { get; private init; }

    /// <summary>Shared memory of a block of the products.</summary>
    public int ProductBytes { get; private init; }

    /// <summary>Columns of a warp of the gradients.</summary>
    public int GradientColumns { get; private init; }

    /// <summary>Warps of a block of the gradients: two or four.</summary>
    public int GradientWarps { get; private init; }

    /// <summary>Blocks of tokens of the gradients: fn's gradient has as many parts.</summary>
    public int GradientBlocks { get; private init; }

    /// <summary>Shared memory of a block of the gradients.</summary>
    public int GradientBytes { get; private init; }

    /// <summary>Slices of the gradients, of two warps or four: those of the write's coefficients have as many parts.</summary>
    public int DotSlices { get; private init; }

    /// <summary>Numbers of 32 bits that the backward kernels hand on of a tile of sixteen tokens.</summary>
    public int TileLength { get; private init; }

    /// <summary>Tiles of tokens.</summary>
    public int Tiles { get; private init; }

    /// <summary>Cuts a site up.</summary>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="source">What makes the streams.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="type">Of the streams.</param>
    /// <param name="sharedLimit">Shared memory that a block may have on the device.</param>
    /// <param name="blocks">Of a launch, about: <see cref="MostBlocks"/>.</param>
    public static CudaSiteShape Of(SiteMap map, CudaSiteSource source, SiteShape shape, CudaStreamType type, int sharedLimit, int blocks)
    {
        if (map.Rows == 0 || type == CudaStreamType.Float32 || shape.Width % Columns != 0 || (long)shape.Tokens * shape.Flat / 2 > int.MaxValue)
            return new();
        int n = shape.Streams, tiles = CudaRows.Parts(shape.Tokens, TileTokens), eights = CudaRows.Parts(map.Rows, 8), before = CudaFastSite.BeforeRows(source, n);
        bool alike = source == CudaSiteSource.Embedding; // streams are one, with fn summed over them
        int fnStreams = map.Groups == 1 && !alike ? n : 1, ofFn = fnStreams * eights * FragmentBytes; // of 32 columns
        int chunks = Math.Clamp(ProductFragments / ofFn, 1, Math.Min(8, shape.Width / Columns)), slices = CudaRows.Parts(shape.Width / Columns, chunks);
        int lines = TileTokens * (before | 1) * sizeof(float), productWarps = 8;
        while (productWarps > 2 && (chunks * ofFn) + (productWarps * lines) > sharedLimit)
            productWarps /= 2;
        int productBytes = (chunks * ofFn) + (productWarps * lines);

        // A tile's lines and operands are as in lines.cuh. A warp of the gradients has fragments and sums of its columns, and its parts of the write's gradients.
        int groups = alike ? 1 : map.Groups, gates = Fours(alike ? 1 : n), line = alike ? gates : (2 * gates) + (source == CudaSiteSource.Mixes ? n * Fours(n) : 0);
        int operands = 2 + (eights / 2 * 4) + (eights % 2 == 0 ? 0 : n <= StreamsOfWholeWarps ? 6 : 4);
        bool staged = groups == 1 && n <= StreamsOfWholeWarps;
        int stagedLength = CudaRows.Parts((TileTokens * line) + (staged ? operands * OperandFloats : 0), StagedFloats) * StagedFloats;
        int tileLength = staged ? stagedLength : CudaRows.Parts((TileTokens * line) + (groups * operands * OperandFloats), StagedFloats) * StagedFloats;
        int columns = n <= StreamsOfWholeWarps ? Columns : 8, sliceWarps = n <= StreamsOfWholeWarps || fnStreams * eights > FourWarpsFragments ? 2 : 4, slice = sliceWarps * columns;
        int tile = stagedLength * sizeof(float), ofWarp = (2 * ofFn * columns / Columns) + (TileTokens * before * sizeof(float));
        int gradientWarps = tile + (4 * ofWarp) <= sharedLimit ? 4 : sliceWarps, gradientBytes = tile + (gradientWarps * ofWarp);
        return new()
        {
            Forward = productBytes <= sharedLimit,
            Backward = type == CudaStreamType.BFloat16 && gradientBytes <= sharedLimit,
            Chunks = chunks,
            Slices = slices,
            ProductWarps = productWarps,
            ProductBlocks = Math.Clamp(blocks / slices, 1, CudaRows.Parts(tiles, productWarps)),
            ProductBytes = productBytes,
            GradientColumns = columns,
            GradientWarps = gradientWarps,
            GradientBlocks = Math.Clamp(blocks * 4 * columns / shape.Width, 1, tiles),
            GradientBytes = gradientBytes,
            DotSlices = CudaRows.Parts(shape.Width, slice),
            TileLength = tileLength,
            Tiles = tiles,
        };
    }

    private static int Fours(int count) => CudaRows.Parts(count, 4) * 4;
}
