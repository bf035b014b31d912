using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Optimization;

/// <summary>
/// The norm of a gradient on a CUDA device and the factor that clips it, left there for the optimizers: the host need not wait for either.
/// The order of sums depends on the count alone.
/// </summary>
/// <param name="launcher">Runs the kernels.</param>
/// <param name="count">Elements of the gradient, 1 or more.</param>
public sealed class CudaGradientNorm(ILauncher launcher, long count)
{
    /// <summary>What <see cref="Norm"/> writes: the norm and the factor, float32.</summary>
    public const int ResultBytes = 2 * sizeof(float);

    /// <summary>Where the factor is in the result, in bytes.</summary>
    public const int Factor = sizeof(float);

    private const int Threads = 256, Each = 4096, MostBlocks = 1056;

    private readonly int _blocks = (int)Math.Clamp((count + Each - 1) / Each, 1, MostBlocks);

    /// <summary>Bytes of device memory that <see cref="Norm"/> works in.</summary>
    public long Workspace => sizeof(double) * (long)_blocks;

    /// <summary>
    /// The Euclidean norm, summed in double precision from squares in single precision, and the factor: largest / norm where the norm is larger,
    /// else 1; NaN where the norm is no finite number, and optimizers then change nothing.
    /// </summary>
    /// <param name="gradient">float32.</param>
    /// <param name="largest">The norm to clip to; 0 for no clipping.</param>
    /// <param name="result">Norm and factor, written.</param>
    /// <param name="workspace"><see cref="Workspace"/> bytes.</param>
    public void Norm(nint gradient, double largest, nint result, nint workspace)
    {
        const int shared = sizeof(double) * Threads / CudaRows.Warp;
        launcher.Launch(CudaOptimizerPrograms.GradientNorm, "gradient_squares", new(_blocks, 1, Threads, shared), [gradient, workspace, (nint)count, CudaRows.Aligned(gradient)]);
        launcher.Launch(CudaOptimizerPrograms.GradientNorm, "gradient_clip", new(1, 1, Threads, shared), [workspace, _blocks, (float)largest, result]);
    }
}
