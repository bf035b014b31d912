namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>A GPU's memory, straight from the driver and in the order of the legacy default stream: for programs without torch, which has its own.</summary>
public sealed unsafe class DeviceMemory : IDeviceMemory
{
    private readonly CudaContext _context;
    private readonly DriverApi _driver;

    internal DeviceMemory(CudaContext context)
    {
        _context = context;
        _driver = context.Driver;
    }

    /// <summary>The memory that a launcher's kernels work on.</summary>
    /// <param name="launcher">Of the GPU.</param>
    public DeviceMemory(DriverLauncher launcher)
        : this((launcher ?? throw new ArgumentNullException(nameof(launcher))).Context)
    {
    }

    /// <inheritdoc/>
    /// <exception cref="PipelineException">There is not enough.</exception>
    public nint Allocate(long bytes)
    {
        nint address;
        nint before = _context.Enter();
        int result = ((delegate* unmanaged<nint*, nuint, int>)_driver.Export("cuMemAlloc_v2"))(&address, (nuint)bytes);
        _context.Leave(before, result, $"{bytes} bytes of memory cannot be had");
        return address;
    }

    /// <inheritdoc/>
    public void Free(nint address)
    {
        nint before = _context.Enter();
        int result = ((delegate* unmanaged<nint, int>)_driver.Export("cuMemFree_v2"))(address);
        _context.Leave(before, result, "memory cannot be given back");
    }

    /// <inheritdoc/>
    public void Fill(nint address, byte value, long bytes)
    {
        nint before = _context.Enter();
        int result = ((delegate* unmanaged<nint, byte, nuint, int>)_driver.Export("cuMemsetD8_v2"))(address, value, (nuint)bytes);
        _context.Leave(before, result, "memory cannot be filled");
    }

    /// <inheritdoc/>
    public void Copy(nint to, nint from, long bytes)
    {
        nint before = _context.Enter();
        int result = ((delegate* unmanaged<nint, nint, nuint, nint, int>)_driver.Export("cuMemcpyDtoDAsync_v2"))(to, from, (nuint)bytes, _context.Stream);
        _context.Leave(before, result, "memory cannot be copied");
    }

    /// <inheritdoc/>
    public void Write(nint address, ReadOnlySpan<byte> values)
    {
        nint before = _context.Enter();
        int result;
        fixed (byte* from = values)
            result = ((delegate* unmanaged<nint, byte*, nuint, int>)_driver.Export("cuMemcpyHtoD_v2"))(address, from, (nuint)values.Length);
        _context.Leave(before, result, "memory cannot be written");
    }

    /// <inheritdoc/>
    /// <exception cref="PipelineException">A kernel failed.</exception>
    public void Read(nint address, Span<byte> values)
    {
        nint before = _context.Enter();
        int result;
        fixed (byte* to = values)
            result = ((delegate* unmanaged<byte*, nint, nuint, int>)_driver.Export("cuMemcpyDtoH_v2"))(to, address, (nuint)values.Length);
        _context.Leave(before, result, "memory cannot be read, or a kernel before has failed");
    }

    /// <inheritdoc/>
    /// <exception cref="PipelineException">A kernel failed.</exception>
    public void Wait()
    {
        nint before = _context.Enter();
        int result = ((delegate* unmanaged<int>)_driver.Export("cuCtxSynchronize"))();
        _context.Leave(before, result, "a copy or a kernel before has failed");
    }
}
