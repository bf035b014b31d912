using System.Runtime.InteropServices;

namespace MhcPipeline.Cuda.Tests.Host;

/// <summary>A case's "device" buffers: each of exact length, 0xFF (NaN) until written, between two red zones that <see cref="Check"/> looks at.</summary>
internal sealed unsafe class HostMemory : IDisposable
{
    private const int RedZone = 64 * 1024; // mutants write as far beside

    private readonly List<(nint Start, long Bytes)> _buffers = [];

    public nint Take(long bytes)
    {
        byte* all = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + (2 * RedZone)), 64);
        new Span<byte>(all, checked((int)(bytes + (2 * RedZone)))).Fill(0xFF);
        _buffers.Add(((nint)all, bytes));
        return (nint)all + RedZone;
    }

    /// <summary>Every buffer's address and bytes.</summary>
    public IEnumerable<(nint Address, int Bytes)> Buffers => _buffers.Select(buffer => (buffer.Start + RedZone, (int)buffer.Bytes));

    /// <summary>Fails when something wrote beside a buffer.</summary>
    public void Check()
    {
        foreach ((nint start, long bytes) in _buffers)
        {
            var before = new ReadOnlySpan<byte>((void*)start, RedZone);
            var behind = new ReadOnlySpan<byte>((byte*)start + RedZone + bytes, RedZone);
            if (before.ContainsAnyExcept((byte)0xFF) || behind.ContainsAnyExcept((byte)0xFF))
                throw new HostFailureException($"a kernel wrote beside a buffer of {bytes} bytes");
        }
    }

    public void Dispose()
    {
        foreach ((nint start, _) in _buffers)
            NativeMemory.AlignedFree((void*)start);
        _buffers.Clear();
    }
}
