using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>A device's memory that is the CPU's. Memory holds NaN when it is taken; addresses that were written and read are kept.</summary>
internal sealed unsafe class HostMemory : IDeviceMemory
{
    private const byte Poison = 0xFF; // NaN in float32, float16 and bfloat16
    private const int Alignment = 256;

    private readonly HashSet<nint> _taken = [];
    private bool _waits;

    public int Taken => _taken.Count;

    /// <summary>What was taken so far, given back or not.</summary>
    public int Allocations { get; private set; }

    public HashSet<nint> Written { get; } = [];

    public HashSet<nint> ReadFrom { get; } = [];

    /// <summary>Bytes that were written to the device.</summary>
    public long BytesWritten { get; set; }

    /// <summary>Reads when something was written or copied and not waited for: on a GPU the run before would not have seen it.</summary>
    public int Races { get; private set; }

    public nint Allocate(long bytes)
    {
        Allocations++;
        nint address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        NativeMemory.Fill((void*)address, (nuint)bytes, Poison);
        _taken.Add(address);
        return address;
    }

    public void Free(nint address)
    {
        if (!_taken.Remove(address))
        {
            throw new InvalidOperationException("Memory is given back that was not taken.");
        }
        NativeMemory.AlignedFree((void*)address);
    }

    public void Fill(nint address, byte value, long bytes) => NativeMemory.Fill((void*)address, (nuint)bytes, value);

    public void Copy(nint to, nint from, long bytes)
    {
        _waits = true;
        NativeMemory.Copy((void*)from, (void*)to, (nuint)bytes);
    }

    public void Write(nint address, ReadOnlySpan<byte> values)
    {
        _waits = true;
        Written.Add(address);
        BytesWritten += values.Length;
        values.CopyTo(new Span<byte>((void*)address, values.Length));
    }

    public void Read(nint address, Span<byte> values)
    {
        Races += _waits ? 1 : 0;
        ReadFrom.Add(address);
        new ReadOnlySpan<byte>((void*)address, values.Length).CopyTo(values);
    }

    public void Wait() => _waits = false;
}
