using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.GpuCheck.Memory;

namespace MhcPipeline.GpuCheck.Sites;

/// <summary>Numbers of cases, in the types in which kernels take them.</summary>
internal static unsafe class SiteNumbers
{
    /// <summary>Normally distributed numbers.</summary>
    public static float[] Normal(int count, int seed, double deviation = 1)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        for (int k = 0; k < count; k++)
            numbers[k] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return numbers;
    }

    public static int Size(CudaStreamType type) => type.Bytes();

    /// <summary>The same numbers as a stream of that type holds them.</summary>
    public static float[] Rounded(float[] values, CudaStreamType type) =>
        type == CudaStreamType.Float32 ? values : Values(Bytes(values, type), type);

    /// <summary>An array that kernels read.</summary>
    public static nint Put(DeviceArrays memory, float[] values, CudaStreamType type)
    {
        nint start = memory.Take((long)values.Length * Size(type));
        memory.Write(start, Bytes(values, type));
        return start;
    }

    /// <summary>Numbers as a stream of the type holds them.</summary>
    public static byte[] Bytes(float[] values, CudaStreamType type) => type switch
    {
        CudaStreamType.BFloat16 => MemoryMarshal.AsBytes<ushort>([.. values.Select(value => (ushort)Bits(value))]).ToArray(),
        CudaStreamType.Float16 => MemoryMarshal.AsBytes<Half>([.. values.Select(value => (Half)value)]).ToArray(),
        _ => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
    };

    /// <summary>What kernels wrote.</summary>
    public static float[] Get(DeviceArrays memory, nint start, int count, CudaStreamType type) =>
        Values(memory.Read(start, (long)count * Size(type)), type);

    /// <summary>The same where the CPU reads the memory.</summary>
    public static float[] Get(nint start, int count, CudaStreamType type) =>
        count == 0 ? [] : Values(new ReadOnlySpan<byte>((void*)start, count * Size(type)), type);

    private static float[] Values(ReadOnlySpan<byte> bytes, CudaStreamType type)
    {
        if (type == CudaStreamType.Float32)
            return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes);
        var values = new float[halves.Length];
        for (int k = 0; k < values.Length; k++)
            values[k] = type == CudaStreamType.Float16 ? (float)BitConverter.UInt16BitsToHalf(halves[k]) : BitConverter.Int32BitsToSingle(halves[k] << 16);
        return values;
    }

    /// <summary>The nearest number of bf16, the even one of two; NaN stays NaN.</summary>
    public static int Bits(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fff : (int)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
}
