using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>Where the kernels of core/ can compute: on single-precision numbers in the host's memory. Elsewhere the composed tensor operations do.</summary>
internal static class HostKernels
{
    /// <summary>Whether kernels can compute with tensors like this one. A span of memory holds at most 2 GB.</summary>
    public static bool Serve(Tensor x) => x.device_type == TorchSharp.DeviceType.CPU && x.dtype == ScalarType.Float32 && x.numel() <= int.MaxValue / sizeof(float);

    /// <summary>The numbers of a contiguous tensor; valid while the tensor is.</summary>
    public static Span<float> Floats(Tensor contiguous) => MemoryMarshal.Cast<byte, float>(contiguous.bytes);

    /// <summary>Where the numbers of a contiguous tensor are.</summary>
    public static unsafe float* Pointer(Tensor contiguous) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(contiguous.bytes));
}
