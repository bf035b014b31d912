using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.GpuCheck.Figures;

namespace MhcPipeline.Cuda.Tests.Check;

/// <summary>
/// A GPU whose work takes set times: kernels by their names, copies by their bytes. Addresses are numbers and hold nothing, so that sizes are those
/// of a real run.
/// </summary>
internal sealed class FakeDevice : ILauncher, IDeviceMemory, IDeviceClock
{
    private readonly List<double> _marks = [];
    private double _now;
    private long _next = 1 << 20;

    public static DeviceInfo Info { get; } = new(0, "Fake GPU", new Version(9, 0), 132, 227 << 10, 50 << 20, new Version(13, 0));

    /// <summary>Milliseconds of a kernel, given its name and how many launches there were before; 0.001 where null.</summary>
    public Func<string, int, double>? Kernel { get; init; }

    /// <summary>Bytes read and written in a millisecond.</summary>
    public double Bandwidth { get; init; } = 3e9;

    /// <summary>Bytes that may be taken together.</summary>
    public long Capacity { get; init; } = long.MaxValue;

    /// <summary>Bytes that are taken now.</summary>
    public long Taken => _sizes.Values.Sum();

    /// <summary>Kernels launched so far.</summary>
    public int Launches { get; private set; }

    private readonly Dictionary<nint, long> _sizes = [];

    public Gpu Gpu => new(Info, this, this, this);

    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments) => _now += Kernel?.Invoke(kernel, Launches++) ?? 0.001;

    public int Mark()
    {
        _marks.Add(_now);
        return _marks.Count - 1;
    }

    public double Milliseconds(int from, int to) => _marks[to] - _marks[from];

    public void Clear() => _marks.Clear();

    public nint Allocate(long bytes)
    {
        if (Taken + bytes > Capacity)
            throw new Core.PipelineException($"{bytes} bytes of memory cannot be had");
        nint address = (nint)_next;
        _next += bytes;
        _sizes.Add(address, bytes);
        return address;
    }

    public void Free(nint address) => Assert(_sizes.Remove(address));

    public void Fill(nint address, byte value, long bytes) => Assert(Inside(address, bytes));

    public void Copy(nint to, nint from, long bytes)
    {
        Assert(Inside(to, bytes) && Inside(from, bytes));
        _now += 2 * bytes / Bandwidth;
    }

    public void Write(nint address, ReadOnlySpan<byte> values) => Assert(Inside(address, values.Length));

    public void Read(nint address, Span<byte> values) => Assert(Inside(address, values.Length));

    public void Wait()
    {
        // Its work takes time on its own clock only.
    }

    private bool Inside(nint address, long bytes) => _sizes.Any(array => address >= array.Key && address + bytes <= array.Key + array.Value);

    private static void Assert(bool right) => Xunit.Assert.True(right, "memory outside of what was taken");
}
