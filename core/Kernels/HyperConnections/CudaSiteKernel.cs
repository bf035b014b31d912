using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// <see cref="SiteKernel"/> on a CUDA device: the same passes, the same layouts. Streams, embedding, F(u), u and their gradients are bf16, float16
/// or float32; everything else is float32. Launches only: nothing is allocated and nothing waits. Sums have an order that depends on sizes alone.
/// </summary>
/// <remarks>
/// Streams of 16 bits and 32 m columns take the fast kernels: forward every n, backward (bf16) up to four streams, both where a block's shared
/// memory suffices. Everything else takes the plain kernels.
/// </remarks>
public sealed class CudaSiteKernel
{
    private readonly CudaPlainSite _plain;
    private readonly CudaFastSite? _fast;
    private readonly CudaReuseSite? _reuse;
    private readonly CudaDecodeSite? _decode;

    /// <param name="launcher">Runs the kernels.</param>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="options">What the map was made with.</param>
    /// <param name="source">What stands before the read, in every call.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="type">Of the streams.</param>
    /// <param name="sharedLimit">Shared memory that a block may have on the device, in bytes.</param>
    /// <exception cref="PipelineException">There are no tokens.</exception>
    public CudaSiteKernel(ILauncher launcher, SiteMap map, MhcOptions options, CudaSiteSource source, SiteShape shape, CudaStreamType type, int sharedLimit)
        : this(launcher, map, options, source, shape, type, sharedLimit, CudaSiteShape.MostBlocks)
    {
    }

    /// <summary>With fewer blocks, so that tests of few tokens have several tiles a block.</summary>
    internal CudaSiteKernel(ILauncher launcher, SiteMap map, MhcOptions options, CudaSiteSource source, SiteShape shape, CudaStreamType type, int sharedLimit, int blocks)
    {
        if (shape.Tokens < 1)
            throw new PipelineException($"There are {shape.Tokens} tokens; CUDA kernels take one or more.");
        _plain = new(launcher, map, options, shape, type);
        CudaSiteShape cut = CudaSiteShape.Of(map, CudaFastSite.BeforeRows(source, shape.Streams), shape, type, sharedLimit, blocks);
        _fast = cut.Forward || cut.Backward ? new(launcher, map, options, shape, source, type, cut) : null;
        (FastForward, FastBackward) = (cut.Forward, cut.Backward);
        CudaReuseSite? reuse = cut.Forward ? new(launcher, map, options, shape, source, cut, blocks) : null;
        _reuse = reuse?.Fits(sharedLimit) == true ? reuse : null;
        _decode = CudaDecodeSite.Takes(map, shape, source, type, sharedLimit) ? new(launcher, map, options, shape, source, type, blocks) : null;
    }

    /// <summary>Whether <see cref="Forward"/> takes the fast kernels.</summary>
    public bool FastForward { get; }

    /// <summary>Whether <see cref="Backward"/> does.</summary>
    public bool FastBackward { get; }

    /// <summary>Whether <see cref="Forward"/>, given counters, is one launch because the tokens are few.</summary>
    public bool Decodes => _decode is not null;

    /// <summary>
    /// Whether <see cref="Forward"/> of more tokens, given counters and a place for the streams, is to be one launch as well, which reads the streams
    /// from the second-level cache; where a block has too little shared memory for it, it is not.
    /// </summary>
    public bool Reuses { get; init; }

    /// <summary>About what the second-level cache should hold for <see cref="Reuses"/> to be worth it, in bytes; 0 where there is no such launch.</summary>
    public long ReuseBytes => _reuse?.WindowBytes ?? 0;

    /// <summary>Bytes of the counters that <see cref="Forward"/> may be given.</summary>
    public long CounterBytes => sizeof(int) * Math.Max(_decode is null ? 0 : CudaDecodeSite.Counters, _reuse?.Counters ?? 0);

    /// <summary>Bytes of device memory that <see cref="Forward"/> works in.</summary>
    public long ForwardWorkspace => sizeof(float) * Math.Max(_decode?.Floats ?? 0, FastForward ? _fast!.ForwardFloats : 0);

    /// <summary>Bytes of device memory that <see cref="Backward"/> works in.</summary>
    public long BackwardWorkspace => sizeof(float) * (FastBackward ? _fast!.BackwardFloats : _plain.BackwardFloats);

    /// <summary>The forward pass.</summary>
    /// <param name="before">What stands before the read.</param>
    /// <param name="parameters">Of the site that reads.</param>
    /// <param name="streams">X' [T,n,C], written; 0 where nobody needs it.</param>
    /// <param name="products">X' . fn^T before the norm [Rows, T, Groups], written.</param>
    /// <param name="roots">1 / sqrt(mean(f^2) + eps) [T, Groups], written.</param>
    /// <param name="writing">post (n) and comb (n*n) for the next write [WritingRows, T], written; 0 for the head.</param>
    /// <param name="input">u [T,C], written.</param>
    /// <param name="workspace"><see cref="ForwardWorkspace"/> bytes.</param>
    /// <param name="norm">The sublayer's norm of u, or nothing.</param>
    /// <param name="counters">
    /// <see cref="CounterBytes"/> bytes, 0 before the first launch and after every launch, so that all launches on one stream may share them, replays of
    /// a graph too; or 0: launches whose blocks do not wait for one another.
    /// </param>
    public void Forward(
        CudaBefore before, CudaSiteParameters parameters, nint streams, nint products, nint roots, nint writing, nint input, nint workspace, CudaReadNorm norm = default,
        nint counters = 0)
    {
        if (counters != 0 && _decode is not null && !WritesToEmbedding(before))
            _decode.Forward(before, parameters, streams, products, roots, writing, input, norm, workspace, counters);
        else if (counters != 0 && Reuses && _reuse is not null && streams != 0 && !WritesToEmbedding(before))
            _reuse.Forward(before, parameters, streams, products, roots, writing, input, norm, workspace, counters);
        else if (FastForward && !WritesToEmbedding(before))
            _fast!.Forward(before, parameters, streams, products, roots, writing, input, norm, workspace);
        else
            _plain.Forward(before, parameters, streams, products, roots, writing, input, norm);
    }

    /// <summary>The backward pass; X' is computed again.</summary>
    /// <param name="before">As for the forward pass.</param>
    /// <param name="parameters">Likewise.</param>
    /// <param name="products">As the forward pass left them.</param>
    /// <param name="roots">Likewise.</param>
    /// <param name="gradients">What came back, and where results go.</param>
    /// <param name="workspace"><see cref="BackwardWorkspace"/> bytes.</param>
    /// <exception cref="PipelineException">The write is to an embedding.</exception>
    public void Backward(CudaBefore before, CudaSiteParameters parameters, nint products, nint roots, CudaSiteGradients gradients, nint workspace)
    {
        if (WritesToEmbedding(before))
            throw new PipelineException("A write to streams that are all the embedding has no backward pass; give it the streams.");
        if (FastBackward)
            _fast!.Backward(before, parameters, products, roots, gradients, workspace);
        else
            _plain.Backward(before, parameters, products, roots, gradients, workspace);
    }

    /// <summary>The write alone: X'_j = post_j F + sum_i comb[i,j] X_i, or the embedding in every stream.</summary>
    /// <param name="before">Streams, output and coefficients.</param>
    /// <param name="streams">X' [T,n,C], written.</param>
    public void Write(CudaBefore before, nint streams)
    {
        if (FastForward && !WritesToEmbedding(before))
            _fast!.Write(before, streams);
        else
            _plain.Write(before, streams);
    }

    private static bool WritesToEmbedding(CudaBefore before) => before.Embedding != 0 && before.Output != 0;
}
