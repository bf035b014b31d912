using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// <see cref="SiteKernel"/> on a CUDA device: the same passes, the same layouts. Streams, embedding, F(u), u and their gradients are bf16 or
/// float32; everything else is float32. Launches only: nothing is allocated and nothing waits. Sums have an order that depends on sizes alone.
/// </summary>
public sealed class CudaSiteKernel
{
    private readonly SiteShape _shape;
    private readonly CudaPlainSite _plain;

    /// <param name="launcher">Runs the kernels.</param>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="options">What the map was made with.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="type">Of the streams.</param>
    public CudaSiteKernel(ILauncher launcher, SiteMap map, MhcOptions options, SiteShape shape, CudaStreamType type)
    {
        _shape = shape;
        _plain = new(launcher, map, options, shape, type);
    }

    /// <summary>Bytes of device memory that <see cref="Forward"/> works in.</summary>
    public long ForwardWorkspace => 0;

    /// <summary>Bytes of device memory that <see cref="Backward"/> works in.</summary>
    public long BackwardWorkspace => sizeof(float) * _plain.BackwardFloats;

    /// <summary>The forward pass.</summary>
    /// <param name="before">What stands before the read.</param>
    /// <param name="parameters">Of the site that reads.</param>
    /// <param name="streams">X' [T,n,C], written; 0 where nobody needs it.</param>
    /// <param name="products">X' . fn^T before the norm [Rows, T, Groups], written.</param>
    /// <param name="roots">1 / sqrt(mean(f^2) + eps) [T, Groups], written.</param>
    /// <param name="writing">post (n) and comb (n*n) for the next write [WritingRows, T], written; 0 for the head.</param>
    /// <param name="input">u [T,C], written.</param>
    /// <param name="workspace"><see cref="ForwardWorkspace"/> bytes.</param>
    public void Forward(CudaBefore before, CudaSiteParameters parameters, nint streams, nint products, nint roots, nint writing, nint input, nint workspace)
    {
        if (_shape.Tokens > 0)
            _plain.Forward(before, parameters, streams, products, roots, writing, input);
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
        if (before.Embedding != 0 && before.Output != 0)
            throw new PipelineException("A write to streams that are all the embedding has no backward pass; give it the streams.");
        if (_shape.Tokens > 0)
            _plain.Backward(before, parameters, products, roots, gradients, workspace);
    }

    /// <summary>The write alone: X'_j = post_j F + sum_i comb[i,j] X_i, or the embedding in every stream.</summary>
    /// <param name="before">Streams, output and coefficients.</param>
    /// <param name="streams">X' [T,n,C], written.</param>
    public void Write(CudaBefore before, nint streams)
    {
        if (_shape.Tokens > 0)
            _plain.Write(before, streams);
    }
}
