using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The forward pass of bf16 streams in one launch that reads X' from the second-level cache; sums are those of the fast kernels, bit by bit.</summary>
internal sealed class CudaReuseSite(ILauncher launcher, SiteMap map, MhcOptions options, SiteShape shape, CudaSiteSource source, CudaSiteShape cut, int blocks)
{
    /// <summary>Tokens of a tile: a warp has 16, and a read's block eight.</summary>
    private const int Warps = 8, TileTokens = 16 * Warps, TileReads = TileTokens / Warps;

    private readonly CudaProgram _program = CudaSitePrograms.Reuse(map, source);
    private readonly CudaMapNumbers _numbers = CudaMapNumbers.Of(map, options);
    private readonly int _rows = map.Groups * (map.Rows + 1);

    /// <summary>Numbers that blocks share, 0 before and after a launch.</summary>
    public int Counters => 2 + Tiles;

    /// <summary>
    /// Bytes of streams that are moved from a tile's first write to its last read: about what the second-level cache should hold. Of the tiles from one to the
    /// other, and of one more for blocks that are behind: X, F, X', u, and X' again.
    /// </summary>
    public long WindowBytes => (Lag + 2L) * TileTokens * shape.Width * sizeof(ushort) * (CudaTraffic.Reuse(shape.Streams, source).Sum(traffic => traffic.Reads + traffic.Writes) + shape.Streams);

    private int Tiles => CudaRows.Parts(shape.Tokens, TileTokens);

    /// <summary>Steps from a tile's writes to its reads: as many that a grid's blocks have other items to do meanwhile.</summary>
    private int Lag => CudaRows.Parts(blocks, cut.Slices + TileReads) + 1;

    /// <summary>fn's slice, eight warps' coefficients, two numbers.</summary>
    private int SharedBytes => cut.ProductBytes + ((Warps - cut.ProductWarps) * LineBytes) + (2 * sizeof(int));

    private int LineBytes => 16 * (CudaFastSite.BeforeRows(source, shape.Streams) | 1) * sizeof(float);

    /// <summary>Whether a block's shared memory suffices.</summary>
    public bool Fits(int sharedLimit) => SharedBytes <= sharedLimit;

    /// <summary>The forward pass; it works in as much as <see cref="CudaFastSite.Forward"/> does.</summary>
    public void Forward(
        CudaBefore before, CudaSiteParameters parameters, nint streams, nint products, nint roots, nint writing, nint input, CudaReadNorm norm, nint workspace, nint counters)
    {
        nint pre = workspace + (nint)(sizeof(float) * (long)cut.Slices * _rows * shape.Tokens);
        launcher.Launch(_program, "site_forward", new((int)Math.Min(blocks, (long)Tiles * (cut.Slices + TileReads)), 1, Warps * 32, SharedBytes), [
            before.Source, before.Output, before.Writing, parameters.Fn, parameters.Scale, parameters.Bias, streams,
            products, roots, pre, writing, input, norm.Weight, norm.Normed, norm.Roots, workspace, counters, shape.Width, shape.Tokens, cut.Chunks, cut.Slices,
            TileTokens, Lag, _numbers.Iterations, _numbers.Eps, (float)map.NormEps, norm.Eps]);
    }
}
