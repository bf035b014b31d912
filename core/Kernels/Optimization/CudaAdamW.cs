using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Core.Kernels.Optimization;

/// <summary><see cref="AdamWKernel"/> on a CUDA device: one launch over the flat buffers, the same bits. Nothing waits.</summary>
/// <param name="launcher">Runs the kernel.</param>
public sealed class CudaAdamW(ILauncher launcher)
{
    private const int Threads = 256, Each = 4;

    /// <summary>
    /// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; x = keep x - rate m / (sqrt(v) + eps), where the corrections of both
    /// moments' bias are in rate and eps. Reads 16 bytes a parameter, writes 12, and 2 for a rounded copy.
    /// </summary>
    /// <param name="values">x, changed.</param>
    /// <param name="gradient">g.</param>
    /// <param name="first">m, changed.</param>
    /// <param name="second">v, changed.</param>
    /// <param name="count">Elements of each buffer, 1 or more.</param>
    /// <param name="decayed">How many elements from the start on decay; keep is 1 for the others.</param>
    /// <param name="keep">What remains of a decaying value: 1 - learning rate times weight decay.</param>
    /// <param name="beta1">Decay of the first moment.</param>
    /// <param name="beta2">Decay of the second moment.</param>
    /// <param name="rate">Learning rate times sqrt(1 - beta2^t) / (1 - beta1^t).</param>
    /// <param name="eps">Epsilon times sqrt(1 - beta2^t).</param>
    /// <param name="clip">What multiplies the gradient, one float32 (<see cref="CudaGradientNorm"/> leaves it); where it is NaN nothing is changed. 0 for no factor.</param>
    /// <param name="rounded">x as bf16, written beside it for the products of the next step; 0 for none.</param>
    public void Step(
        nint values, nint gradient, nint first, nint second, long count, long decayed, double keep, double beta1, double beta2, double rate, double eps,
        nint clip = 0, nint rounded = 0) =>
        launcher.Launch(CudaOptimizerPrograms.AdamW, "adamw", new(CudaRows.Parts(count, Threads * Each), 1, Threads, 0), [
            values, gradient, first, second, clip, rounded, (nint)count, (nint)decayed, (float)keep, (float)beta1, (float)(1 - beta1), (float)beta2, (float)(1 - beta2),
            (float)-rate, (float)eps, CudaRows.Aligned(values, gradient, first, second, rounded)]);
}
