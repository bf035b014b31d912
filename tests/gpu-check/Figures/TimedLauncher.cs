using MhcPipeline.Core.Kernels.Cuda;

namespace MhcPipeline.GpuCheck.Figures;

/// <summary>Launches, and marks the time behind every kernel.</summary>
/// <param name="launcher">Runs them.</param>
/// <param name="clock">The device's.</param>
internal sealed class TimedLauncher(ILauncher launcher, IDeviceClock clock) : ILauncher
{
    private readonly List<(string Kernel, int Mark)> _launched = [];
    private int _start;

    /// <summary>Begins anew; the first kernel's time counts from here.</summary>
    public void Start()
    {
        clock.Clear();
        _launched.Clear();
        _start = clock.Mark();
    }

    /// <inheritdoc/>
    public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
    {
        launcher.Launch(program, kernel, shape, arguments);
        _launched.Add((kernel, clock.Mark()));
    }

    /// <summary>Milliseconds of every kernel by its name, in the order of first launches; of several launches the sum.</summary>
    public IReadOnlyList<(string Kernel, double Milliseconds)> Times()
    {
        int before = _start;
        List<(string Kernel, double Milliseconds)> times = [];
        foreach ((string kernel, int mark) in _launched)
        {
            times.Add((kernel, clock.Milliseconds(before, mark)));
            before = mark;
        }
        return [.. times.GroupBy(time => time.Kernel).Select(same => (same.Key, same.Sum(time => time.Milliseconds)))];
    }
}
