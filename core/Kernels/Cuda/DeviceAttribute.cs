namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>What the driver tells about a GPU (CUdevice_attribute of cuda.h), as far as kernels depend on it.</summary>
internal enum DeviceAttribute
{
    /// <summary>Streaming multiprocessors.</summary>
    Multiprocessors = 16,

    /// <summary>Bytes of second-level cache.</summary>
    L2Bytes = 38,

    /// <summary>The compute capability's first number.</summary>
    CapabilityMajor = 75,

    /// <summary>The compute capability's second number.</summary>
    CapabilityMinor = 76,

    /// <summary>Bytes of shared memory that a block may ask for.</summary>
    SharedBytes = 97,
}
