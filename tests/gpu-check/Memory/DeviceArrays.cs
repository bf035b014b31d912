using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.GpuCheck.Memory;

/// <summary>A case's arrays on a device: each of exact length, 0xFF (NaN in every type) until written, between two red zones that <see cref="Check"/> looks at.</summary>
/// <param name="memory">The device's.</param>
internal class DeviceArrays(IDeviceMemory memory) : IDisposable
{
    private const byte Poison = 0xFF;
    private const int RedZone = 64 * 1024; // mutants write as far beside

    private readonly List<(nint Start, long Bytes)> _arrays = [];

    /// <summary>Every array's address and bytes.</summary>
    public IEnumerable<(nint Address, int Bytes)> Buffers => _arrays.Select(array => (array.Start + RedZone, (int)array.Bytes));

    /// <summary>An array that kernels write, or that is written next.</summary>
    public nint Take(long bytes)
    {
        nint start = memory.Allocate(bytes + (2 * RedZone));
        _arrays.Add((start, bytes));
        memory.Fill(start, Poison, bytes + (2 * RedZone));
        return start + RedZone;
    }

    /// <summary>Copies into an array.</summary>
    public void Write(nint address, ReadOnlySpan<byte> values) => memory.Write(address, values);

    /// <summary>What an array holds when the kernels are done.</summary>
    public byte[] Read(nint address, long bytes)
    {
        byte[] values = new byte[bytes];
        if (bytes > 0)
            memory.Read(address, values);
        return values;
    }

    /// <summary>Fails when something wrote beside an array.</summary>
    /// <exception cref="KernelFailureException">It did.</exception>
    public void Check()
    {
        byte[] zone = new byte[RedZone];
        foreach ((nint start, long bytes) in _arrays)
            foreach (nint beside in (nint[])[start, start + RedZone + (nint)bytes])
            {
                memory.Read(beside, zone);
                if (zone.AsSpan().ContainsAnyExcept(Poison))
                    throw new KernelFailureException($"a kernel wrote beside a buffer of {bytes} bytes");
            }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((nint start, _) in _arrays)
            memory.Free(start);
        _arrays.Clear();
        GC.SuppressFinalize(this);
    }
}
