namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>A GPU's clock: CUDA events, which resolve about half a microsecond, on the stream that kernels go to.</summary>
/// <param name="launcher">Of the GPU.</param>
public sealed unsafe class CudaClock(DriverLauncher launcher) : IDeviceClock, IDisposable
{
    private const string Failure = "times cannot be taken, or a kernel before has failed";

    private readonly CudaContext _context = launcher.Context;
    private readonly DriverApi _driver = launcher.Context.Driver;
    private readonly List<nint> _events = [];
    private int _marks;

    /// <inheritdoc/>
    /// <exception cref="PipelineException">The driver refuses, or a kernel before has failed.</exception>
    public int Mark()
    {
        nint before = _context.Enter();
        int result = 0;
        if (_marks == _events.Count)
        {
            nint made;
            result = ((delegate* unmanaged<nint*, uint, int>)_driver.Export("cuEventCreate"))(&made, 0);
            if (result == 0)
                _events.Add(made);
        }
        if (result == 0)
            result = ((delegate* unmanaged<nint, nint, int>)_driver.Export("cuEventRecord"))(_events[_marks], _context.Stream);
        _context.Leave(before, result, Failure);
        return _marks++;
    }

    /// <inheritdoc/>
    /// <exception cref="PipelineException">A kernel has failed.</exception>
    public double Milliseconds(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, _marks);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(to, _marks);
        float milliseconds = 0;
        nint before = _context.Enter();
        int result = ((delegate* unmanaged<nint, int>)_driver.Export("cuEventSynchronize"))(_events[to]);
        if (result == 0)
            result = ((delegate* unmanaged<float*, nint, nint, int>)_driver.Export("cuEventElapsedTime"))(&milliseconds, _events[from], _events[to]);
        _context.Leave(before, result, Failure);
        return milliseconds;
    }

    /// <inheritdoc/>
    public void Clear() => _marks = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        nint before = _context.Enter();
        foreach (nint made in _events)
            ((delegate* unmanaged<nint, int>)_driver.Export("cuEventDestroy_v2"))(made);
        _context.Leave(before);
        _events.Clear();
        _marks = 0;
    }
}
