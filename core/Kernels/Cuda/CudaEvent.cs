namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>A point in what was started on a stream: a thread can wait for all that came before it, and what came later goes on.</summary>
public sealed unsafe class CudaEvent : IDisposable
{
    // CU_EVENT_BLOCKING_SYNC, so that the thread sleeps, and CU_EVENT_DISABLE_TIMING.
    private const uint Flags = 1 | 2;

    private readonly CudaContext _context;
    private nint _handle;

    internal CudaEvent(CudaContext context)
    {
        _context = context;
        nint stream = context.Stream, handle = 0;
        Call("cannot mark its stream", driver =>
        {
            nint made;
            int result = ((delegate* unmanaged<nint*, uint, int>)driver.Export("cuEventCreate"))(&made, Flags);
            handle = made;
            return result;
        });
        _handle = handle;
        try
        {
            Call("cannot mark its stream", driver => ((delegate* unmanaged<nint, nint, int>)driver.Export("cuEventRecord"))(handle, stream));
        }
        catch (PipelineException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Waits until what was started before is done.</summary>
    /// <exception cref="PipelineException">It, or something before it, failed.</exception>
    public void Wait() => Call("a kernel or copy has failed", driver => ((delegate* unmanaged<nint, int>)driver.Export("cuEventSynchronize"))(_handle));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_handle == 0)
            return;
        nint before = _context.Enter();
        _ = ((delegate* unmanaged<nint, int>)_context.Driver.Export("cuEventDestroy_v2"))(_handle); // after a failed kernel the driver takes nothing back
        _context.Leave(before);
        _handle = 0;
    }

    private void Call(string what, Func<DriverApi, int> function)
    {
        nint before = _context.Enter();
        int result;
        try
        {
            result = function(_context.Driver);
        }
        finally
        {
            _context.Leave(before);
        }
        _context.Check(result, what);
    }
}
