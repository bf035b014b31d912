namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>A GPU's primary context, which torch and ONNX Runtime use as well, and the stream that work in it goes to. It stays until the process ends.</summary>
internal sealed class CudaContext(DriverApi driver, DeviceInfo device, CudaStream stream)
{
    private readonly nint _context = driver.PrimaryContext(driver.Device(device.Ordinal));

    public DriverApi Driver => driver;

    public DeviceInfo Device => device;

    /// <summary>Where this thread's work goes now.</summary>
    public nint Stream => stream.Of(device.Ordinal);

    /// <summary>Makes the primary context current on this thread; gives the one that was.</summary>
    public nint Enter()
    {
        nint before = driver.Current;
        if (before != _context)
            driver.Current = _context;
        return before;
    }

    /// <summary>Puts another GPU's context back: torch on this thread goes by it. A thread that had none keeps ours.</summary>
    public void Leave(nint before)
    {
        if (before != 0 && before != _context)
            driver.Current = before;
    }

    /// <summary>The same behind a call of the driver.</summary>
    /// <param name="before">What <see cref="Enter"/> gave.</param>
    /// <param name="result">What the driver gave.</param>
    /// <param name="what">What cannot be done where that is an error.</param>
    /// <exception cref="PipelineException">It is.</exception>
    public void Leave(nint before, int result, string what)
    {
        Leave(before);
        Check(result, what);
    }

    /// <summary>Throws where the driver gave an error.</summary>
    /// <param name="result">What it gave.</param>
    /// <param name="what">What cannot be done then.</param>
    /// <exception cref="PipelineException">It did.</exception>
    public void Check(int result, string what) => driver.Check(result, $"GPU {device.Ordinal}, {device.Name}: {what}");
}
