using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Memory;
using MhcPipeline.GpuCheck.Sites;

namespace MhcPipeline.GpuCheck.Cases;

/// <summary>Numbers of cases in a device's memory, in the types in which kernels take them.</summary>
internal static class DeviceNumbers
{
    /// <summary>The same numbers as a buffer of that type holds them.</summary>
    public static float[] Rounded(float[] values, CudaElement type) => SiteNumbers.Rounded(values, Of(type));

    /// <summary>The nearest number of bf16, the even one of two.</summary>
    public static float Rounded(float value) => BitConverter.Int32BitsToSingle(SiteNumbers.Bits(value) << 16);

    public static nint Put(DeviceArrays memory, float[] values, CudaElement type = CudaElement.Float32) => SiteNumbers.Put(memory, values, Of(type));

    public static nint Put(DeviceArrays memory, long[] values) => Put(memory, MemoryMarshal.AsBytes(values.AsSpan()));

    public static nint Put(DeviceArrays memory, double value) => Put(memory, MemoryMarshal.AsBytes(new ReadOnlySpan<double>(in value)));

    public static nint Empty(DeviceArrays memory, int count, CudaElement type = CudaElement.Float32) => memory.Take((long)count * SiteNumbers.Size(Of(type)));

    public static float[] Get(DeviceArrays memory, nint start, int count, CudaElement type = CudaElement.Float32) => SiteNumbers.Get(memory, start, count, Of(type));

    public static double Double(DeviceArrays memory, nint start) => BitConverter.ToDouble(memory.Read(start, sizeof(double)));

    private static nint Put(DeviceArrays memory, ReadOnlySpan<byte> bytes)
    {
        nint start = memory.Take(bytes.Length);
        memory.Write(start, bytes);
        return start;
    }

    private static CudaStreamType Of(CudaElement type) => type == CudaElement.BFloat16 ? CudaStreamType.BFloat16 : CudaStreamType.Float32;
}
