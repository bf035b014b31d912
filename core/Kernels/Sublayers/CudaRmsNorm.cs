using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Sublayers;

/// <summary>
/// <see cref="RmsNormKernel"/> on a CUDA device: x, y and their gradients are bf16 or float32, everything else is float32 unless the weight is
/// stored as bf16. Launches only: nothing is allocated and nothing waits. Sums have an order that depends on sizes alone.
/// </summary>
public sealed class CudaRmsNorm
{
    /// <summary>A launch has no more blocks than this: the weight's gradient has as many parts.</summary>
    private const int MostBlocks = 528;

    /// <summary>Tokens of a block's step, and how many steps at least make another block worth its part.</summary>
    private const int Step = 4, Steps = 4;

    private const int ForwardWarps = 8, MostThreads = 256, SumThreads = 512;

    private readonly ILauncher _launcher;
    private readonly CudaProgram _program;
    private readonly int _tokens, _width, _threads, _blocks, _shared;

    /// <param name="launcher">Runs the kernels.</param>
    /// <param name="type">Of x, y and their gradients.</param>
    /// <param name="tokens">T, 1 or more.</param>
    /// <param name="width">C. The backward pass has 4 C bytes of shared memory a block: C up to 25,000 on every device.</param>
    /// <param name="weights">Of the weight; its gradient is float32.</param>
    /// <exception cref="PipelineException">There are no tokens.</exception>
    public CudaRmsNorm(ILauncher launcher, CudaElement type, int tokens, int width, CudaElement weights = CudaElement.Float32)
    {
        if (tokens < 1 || width < 1)
            throw new PipelineException($"There are {tokens} tokens of {width} columns to normalise; CUDA kernels take one or more.");
        (_launcher, _program, _tokens, _width) = (launcher, CudaSublayerPrograms.RmsNorm(type, weights), tokens, width);
        _threads = CudaRows.Threads(width, MostThreads);
        _blocks = Math.Clamp(CudaRows.Parts(tokens, Step * Steps), 1, MostBlocks);
        _shared = sizeof(float) * ((CudaRows.Parts(width, CudaRows.Eight) * CudaRows.Eight) + (2 * Step * (_threads / CudaRows.Warp)));
    }

    /// <summary>Bytes of device memory that <see cref="Backward"/> works in.</summary>
    public long BackwardWorkspace => sizeof(float) * (long)_blocks * _width;

    /// <summary>The forward pass, y = x r w with r = 1 / sqrt(mean(x^2) + eps): reads x, writes y.</summary>
    /// <param name="x">[T,C].</param>
    /// <param name="weight">w [C].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <param name="y">[T,C], written.</param>
    /// <param name="roots">r [T], written, float32; 0 where nobody needs them.</param>
    public void Forward(nint x, nint weight, double eps, nint y, nint roots) =>
        _launcher.Launch(_program, "rms_norm", new(CudaRows.Parts(_tokens, ForwardWarps), 1, ForwardWarps * CudaRows.Warp, 0), [
            x, weight, y, roots, _width, _tokens, (float)eps, CudaRows.Whole(_width, x, weight, y)]);

    /// <summary>The backward pass: reads x and y's gradient, writes x's.</summary>
    /// <param name="x">[T,C].</param>
    /// <param name="weight">w [C].</param>
    /// <param name="roots">As <see cref="Forward"/> wrote them.</param>
    /// <param name="yGradient">[T,C].</param>
    /// <param name="xGradient">[T,C], written; it may be the memory of <paramref name="yGradient"/>.</param>
    /// <param name="weightGradient">[C], written, float32.</param>
    /// <param name="workspace"><see cref="BackwardWorkspace"/> bytes.</param>
    public void Backward(nint x, nint weight, nint roots, nint yGradient, nint xGradient, nint weightGradient, nint workspace)
    {
        _launcher.Launch(_program, "rms_norm_backward", new(_blocks, 1, _threads, _shared), [
            x, weight, roots, yGradient, xGradient, workspace, _width, _tokens, CudaRows.Whole(_width, x, weight, yGradient, xGradient)]);
        _launcher.Launch(_program, "rms_norm_weight", new(CudaRows.Parts(_width, CudaRows.Warp), 1, SumThreads, sizeof(float) * SumThreads), [
            workspace, weightGradient, _blocks, _width]);
    }
}
