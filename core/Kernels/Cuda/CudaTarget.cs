namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>What a program is compiled to.</summary>
/// <param name="Architecture">The compiler's name: sm_90 is machine code for one kind of GPU, compute_90 PTX, which the driver compiles for that kind and later ones.</param>
public sealed record CudaTarget(string Architecture)
{
    /// <summary>Whether the result is machine code.</summary>
    public bool IsMachineCode => Architecture.StartsWith("sm_", StringComparison.Ordinal);
}
