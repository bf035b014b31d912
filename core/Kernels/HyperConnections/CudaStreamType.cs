namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>What a stream's numbers are on a device.</summary>
public enum CudaStreamType
{
    /// <summary>float32: the plain kernels alone.</summary>
    Float32,

    /// <summary>bf16, rounded to nearest even.</summary>
    BFloat16,

    /// <summary>float16, rounded to nearest even: for serving, so that the fast kernels have a forward pass alone.</summary>
    Float16,
}
