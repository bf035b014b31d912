using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>The memory of kernels that run on the CPU.</summary>
internal sealed unsafe class CpuMemory : IDeviceMemory
{
    private const int Alignment = 256;

    /// <summary>What was taken and not given back.</summary>
    public int Taken { get; private set; }

    public nint Allocate(long bytes)
    {
        Taken++;
        return (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
    }

    public void Free(nint address)
    {
        Taken--;
        NativeMemory.AlignedFree((void*)address);
    }

    public void Fill(nint address, byte value, long bytes) => NativeMemory.Fill((void*)address, (nuint)bytes, value);

    public void Copy(nint to, nint from, long bytes) => NativeMemory.Copy((void*)from, (void*)to, (nuint)bytes);

    public void Write(nint address, ReadOnlySpan<byte> values) => values.CopyTo(new Span<byte>((void*)address, values.Length));

    public void Read(nint address, Span<byte> values) => new ReadOnlySpan<byte>((void*)address, values.Length).CopyTo(values);

    public void Wait()
    {
        // Nothing is begun that is not done.
    }
}
