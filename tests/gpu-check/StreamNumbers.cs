using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.GpuCheck;

/// <summary>Arrays of a check on a device. What kernels are to write holds NaN before.</summary>
/// <param name="memory">The device's.</param>
internal sealed class StreamNumbers(IDeviceMemory memory) : IDisposable
{
    private readonly List<nint> _taken = [];

    /// <summary>An array that kernels read.</summary>
    public nint Put(float[] values, CudaStreamType type)
    {
        nint address = Take(values.Length, type);
        if (type == CudaStreamType.BFloat16)
            memory.Write(address, MemoryMarshal.AsBytes<ushort>([.. values.Select(BFloat16)]));
        else if (type == CudaStreamType.Float16)
            memory.Write(address, MemoryMarshal.AsBytes<Half>([.. values.Select(value => (Half)value)]));
        else
            memory.Write(address, MemoryMarshal.AsBytes(values.AsSpan()));
        return address;
    }

    /// <summary>An array that kernels write; all bytes 0xFF are NaN in both types.</summary>
    public nint Take(long count, CudaStreamType type)
    {
        long bytes = Math.Max(4, count * (type == CudaStreamType.Float32 ? sizeof(float) : sizeof(ushort)));
        nint address = memory.Allocate(bytes);
        _taken.Add(address);
        memory.Fill(address, 0xFF, bytes);
        return address;
    }

    /// <summary>What kernels wrote.</summary>
    public float[] Get(nint address, int count, CudaStreamType type)
    {
        float[] values = new float[count];
        if (type == CudaStreamType.Float32)
        {
            memory.Read(address, MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
        ushort[] halves = new ushort[count];
        memory.Read(address, MemoryMarshal.AsBytes(halves.AsSpan()));
        return [.. halves.Select(half => type == CudaStreamType.Float16 ? (float)BitConverter.UInt16BitsToHalf(half) : BitConverter.Int32BitsToSingle(half << 16))];
    }

    /// <summary>The numbers as a stream of the type holds them.</summary>
    public static float[] Rounded(float[] values, CudaStreamType type) =>
        type switch
        {
            CudaStreamType.Float32 => values,
            CudaStreamType.Float16 => [.. values.Select(value => (float)(Half)value)],
            _ => [.. values.Select(value => BitConverter.Int32BitsToSingle(BFloat16(value) << 16))],
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (nint address in _taken)
            memory.Free(address);
        _taken.Clear();
    }

    /// <summary>Rounds to the nearest, to even in the middle.</summary>
    private static ushort BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
