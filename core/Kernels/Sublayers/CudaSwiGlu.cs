using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Sublayers;

/// <summary><see cref="SwiGluKernel"/> on a CUDA device, in bf16 or float32; arithmetic is float32. Launches only: nothing is allocated and nothing waits.</summary>
public sealed class CudaSwiGlu
{
    private const int Threads = 256;

    private readonly ILauncher _launcher;
    private readonly CudaProgram _program;
    private readonly int _tokens, _inner;

    /// <param name="launcher">Runs the kernels.</param>
    /// <param name="type">Of everything.</param>
    /// <param name="tokens">T, 1 or more.</param>
    /// <param name="inner">I.</param>
    /// <exception cref="PipelineException">There are no tokens, or more than 2^34 results.</exception>
    public CudaSwiGlu(ILauncher launcher, CudaElement type, int tokens, int inner)
    {
        if (tokens < 1 || inner < 1 || (long)tokens * CudaRows.Parts(inner, CudaRows.Eight) > int.MaxValue)
            throw new PipelineException($"There are {tokens} tokens of {inner} columns for SwiGLU; CUDA kernels take one or more, and up to 2^34 results.");
        (_launcher, _program, _tokens, _inner) = (launcher, CudaSublayerPrograms.SwiGlu(type), tokens, inner);
    }

    private LaunchShape Shape => new(CudaRows.Parts((long)_tokens * CudaRows.Parts(_inner, CudaRows.Eight), Threads), 1, Threads, 0);

    /// <summary>The forward pass, silu(gate) up.</summary>
    /// <param name="both">[T,2I]: gate, then up.</param>
    /// <param name="y">[T,I], written.</param>
    public void Forward(nint both, nint y) =>
        _launcher.Launch(_program, "swiglu", Shape, [both, y, _inner, _tokens, CudaRows.Whole(_inner, both, y)]);

    /// <summary>The backward pass.</summary>
    /// <param name="both">[T,2I].</param>
    /// <param name="yGradient">[T,I].</param>
    /// <param name="bothGradient">[T,2I], written; it may be the memory of <paramref name="both"/>.</param>
    /// <param name="y">[T,I], written as the forward pass wrote it, for the gradient of the product behind; 0 where nobody needs it again.</param>
    public void Backward(nint both, nint yGradient, nint bothGradient, nint y = 0) =>
        _launcher.Launch(_program, "swiglu_backward", Shape, [both, yGradient, bothGradient, y, _inner, _tokens, CudaRows.Whole(_inner, both, yGradient, bothGradient, y)]);
}
