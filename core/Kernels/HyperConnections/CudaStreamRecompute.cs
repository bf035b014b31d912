using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// The streams of a block of sites again, from those at its start and the sublayers' outputs (arXiv 2512.24880, section 4.3.2): one launch, with the
/// streams in registers from site to site. It reads the streams once and each F(u), and writes each site's streams: the same bits as
/// <see cref="CudaSiteKernel.Write"/> site by site.
/// </summary>
public sealed class CudaStreamRecompute
{
    /// <summary>Sites of a launch.</summary>
    private const int MostSites = 16;

    /// <summary>Of a launch: blocks in y.</summary>
    private const int MostTokens = 65535;

    private const int MostThreads = 256, VectorBytes = 16;

    private readonly ILauncher _launcher;
    private readonly SiteShape _shape;
    private readonly CudaProgram _program;
    private readonly int _vectors, _before;

    /// <param name="launcher">Runs the kernel.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="type">Of the streams.</param>
    /// <param name="mixes">False when comb is the identity.</param>
    /// <exception cref="PipelineException">Streams are float16, rows are no multiple of 16 bytes, or there are too many tokens for a launch.</exception>
    public CudaStreamRecompute(ILauncher launcher, SiteShape shape, CudaStreamType type, bool mixes)
    {
        if (!Takes(shape, type))
            throw new PipelineException($"Streams [{shape.Tokens}, {shape.Streams}, {shape.Width}] of {type} cannot be computed again in one launch: 1 to {MostTokens} tokens, rows of {VectorBytes} m bytes; write them site by site.");
        (_launcher, _shape, _vectors) = (launcher, shape, shape.Width * type.Bytes() / VectorBytes);
        CudaSiteSource source = mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates;
        _before = CudaFastSite.BeforeRows(source, shape.Streams);
        _program = CudaSitePrograms.Recompute(shape.Streams, source, type);
    }

    /// <summary>Whether there is a launch for such streams.</summary>
    public static bool Takes(SiteShape shape, CudaStreamType type)
    {
        long bytes = (long)shape.Width * type.Bytes();
        return type != CudaStreamType.Float16 // the kernel knows bf16 and float32
            && shape.Tokens >= 1 && shape.Tokens <= MostTokens && bytes % VectorBytes == 0 && shape.Tokens * shape.Streams * bytes / VectorBytes <= int.MaxValue;
    }

    /// <summary>Writes the streams of sites that follow one another.</summary>
    /// <param name="start">X [T,n,C] that the first of them writes to; or, <paramref name="embedded"/>, the embedding [T,C] that every stream is.</param>
    /// <param name="embedded">Which of the two.</param>
    /// <param name="sites">In order; of more than sixteen the last of every sixteen keeps its streams, from which the next launch begins.</param>
    /// <exception cref="PipelineException">A launch would have to begin at streams that are not written.</exception>
    public void Launch(nint start, bool embedded, ReadOnlySpan<CudaSiteWrite> sites)
    {
        while (!sites.IsEmpty)
        {
            ReadOnlySpan<CudaSiteWrite> now = sites[..Math.Min(MostSites, sites.Length)];
            sites = sites[now.Length..];
            if (!sites.IsEmpty && now[^1].Streams == 0)
                throw new PipelineException($"Site {MostSites} of those to be computed again has no place for its streams, at which the next launch begins.");
            LaunchOne(start, embedded, now);
            (start, embedded) = (now[^1].Streams, false);
        }
    }

    private void LaunchOne(nint start, bool embedded, ReadOnlySpan<CudaSiteWrite> sites)
    {
        var arguments = new KernelArgument[5 + (3 * MostSites)];
        (arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]) = (start, embedded ? 1 : 0, sites.Length, _vectors, _shape.Tokens);
        for (int k = 0; k < sites.Length; k++)
            (arguments[5 + (3 * k)], arguments[6 + (3 * k)], arguments[7 + (3 * k)]) = (sites[k].Output, sites[k].Writing, sites[k].Streams);
        int threads = Math.Min(MostThreads, CudaRows.Parts(_vectors, CudaRows.Warp) * CudaRows.Warp);
        int shared = (3 * MostSites * sizeof(long)) + (sites.Length * _before * sizeof(float));
        _launcher.Launch(_program, "streams_recompute", new(CudaRows.Parts(_vectors, threads), _shape.Tokens, threads, shared), arguments);
    }
}
