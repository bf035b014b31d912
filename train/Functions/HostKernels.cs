using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>Where the kernels of core/ can compute: on single-precision numbers in the host's memory. Elsewhere the composed tensor operations do.</summary>
internal static unsafe class HostKernels
{
    /// <summary>Bytes that TorchSharp shows of a tensor as one span.</summary>
    private const long LargestSpan = int.MaxValue;

    /// <summary>Whether kernels, which count numbers in 31 bits (8 GB), can compute with tensors like this one.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="widest">C of the largest tensor that they make of it, if that is wider.</param>
    public static bool Serve(Tensor x, long widest = 0) =>
        x.device_type == TorchSharp.DeviceType.CPU && x.dtype == ScalarType.Float32 && x.numel() <= (widest > 0 ? int.MaxValue / Math.Max(widest, x.shape[^1]) * x.shape[^1] : int.MaxValue);

    /// <summary>The numbers of a contiguous tensor; valid while the tensor is.</summary>
    public static Span<float> Floats(Tensor contiguous) => new(Pointer(contiguous), checked((int)contiguous.numel()));

    /// <summary>Where the numbers of a contiguous tensor are; valid while the tensor is.</summary>
    public static float* Pointer(Tensor contiguous) => contiguous.numel() * sizeof(float) <= LargestSpan
        ? (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(contiguous.bytes))
        : PointerOfStorage(contiguous);

    /// <summary>The same for a tensor of any size; it costs some more native calls.</summary>
    internal static float* PointerOfStorage(Tensor contiguous) => (float*)contiguous.storage<float>().data_ptr() + contiguous.storage_offset();
}
