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

    /// <summary>Bytes of eight rows of a tile's dP, in both directions.</summary>
    private const int OperandBytes = 2 * 32 * 16;

    /// <summary>fn's fragments that a block of products keeps: with four streams of mhc, 128 columns.</summary>
    private const int ProductFragments = 48 * 1024;

    /// <summary>Blocks that fill the largest devices twice over.</summary>
    public const int MostBlocks = 264;

    /// <summary>The most streams whose gradients fit in a thread's registers: each has sixteen columns of every one.</summary>
    public const int MaximumGradientStreams = 4;

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

    /// <summary>Warps of a block of the gradients: two or four.</summary>
    public int GradientWarps { get; private init; }

    /// <summary>Blocks of tokens of the gradients: fn's gradient has as many parts.</summary>
    public int GradientBlocks { get; private init; }

    /// <summary>Shared memory of a block of the gradients.</summary>
    public int GradientBytes { get; private init; }

    /// <summary>Slices of 64 columns: the gradients of the write's coefficients have as many parts.</summary>
    public int DotSlices { get; private init; }

    /// <summary>Cuts a site up.</summary>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="before">Coefficients a token of the write before.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="type">Of the streams.</param>
    /// <param name="sharedLimit">Shared memory that a block may have on the device.</param>
    /// <param name="blocks">Of a launch, about: <see cref="MostBlocks"/>.</param>
    public static CudaSiteShape Of(SiteMap map, int before, SiteShape shape, CudaStreamType type, int sharedLimit, int blocks)
    {
        if (map.Rows == 0 || type == CudaStreamType.Float32 || shape.Width % Columns != 0 || (long)shape.Tokens * shape.Flat / 8 > int.MaxValue)
            return new();
        int n = shape.Streams, tiles = CudaRows.Parts(shape.Tokens, TileTokens);
        int ofFn = (map.Groups == 1 ? n : 1) * CudaRows.Parts(map.Rows, 8) * FragmentBytes; // of 32 columns
        int chunks = Math.Clamp(ProductFragments / ofFn, 1, Math.Min(8, shape.Width / Columns)), slices = CudaRows.Parts(shape.Width / Columns, chunks);
        int lines = TileTokens * (before | 1) * sizeof(float), productWarps = 8;
        while (productWarps > 2 && (chunks * ofFn) + (productWarps * lines) > sharedLimit)
            productWarps /= 2;
        int productBytes = (chunks * ofFn) + (productWarps * lines);

        // A warp has fragments and sums of its columns, and its parts of the write's gradients.
        int operands = map.Groups * CudaRows.Parts(map.Rows, 8) * OperandBytes, tile = operands + (TileTokens * ((before + n + map.Groups) | 1) * sizeof(float)), ofWarp = (2 * ofFn) + (TileTokens * before * sizeof(float));
        int gradientWarps = tile + (4 * ofWarp) <= sharedLimit ? 4 : 2, gradientBytes = tile + (gradientWarps * ofWarp);
        return new()
        {
            Forward = productBytes <= sharedLimit,
            Backward = type == CudaStreamType.BFloat16 && gradientBytes <= sharedLimit && n <= MaximumGradientStreams,
            Chunks = chunks,
            Slices = slices,
            ProductWarps = productWarps,
            ProductBlocks = Math.Clamp(blocks / slices, 1, CudaRows.Parts(tiles, productWarps)),
            ProductBytes = productBytes,
            GradientWarps = gradientWarps,
            GradientBlocks = Math.Clamp(blocks * 4 * Columns / shape.Width, 1, tiles),
            GradientBytes = gradientBytes,
            DotSlices = CudaRows.Parts(shape.Width, 2 * Columns),
        };
    }
}
