namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>A kernel, loaded on a GPU.</summary>
/// <param name="driver">Of the GPU.</param>
/// <param name="handle">The driver's.</param>
/// <param name="name">In the source.</param>
internal sealed class CudaFunction(DriverApi driver, nint handle, string name)
{
    /// <summary>What a kernel may have of dynamic shared memory without asking.</summary>
    private const int Unasked = 48 << 10;

    private readonly Lock _lock = new();
    private int _shared = Unasked;

    public nint Handle => handle;

    /// <summary>Its parameters; null where the driver cannot tell.</summary>
    public int? Parameters { get; } = driver.Parameters(handle);

    /// <summary>Lets the kernel have this much dynamic shared memory; asks the driver only for more than before.</summary>
    public void AllowShared(int bytes)
    {
        if (bytes <= Volatile.Read(ref _shared))
            return;
        lock (_lock)
        {
            if (bytes <= _shared)
                return;
            driver.SetSharedBytes(handle, bytes, name);
            Volatile.Write(ref _shared, bytes);
        }
    }
}
