namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>What the numbers of activations, logits or weights are on a device.</summary>
public enum CudaElement
{
    /// <summary>float32.</summary>
    Float32,

    /// <summary>bf16, rounded to nearest even.</summary>
    BFloat16,
}
