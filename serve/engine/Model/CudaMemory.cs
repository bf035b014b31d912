using System.Runtime.InteropServices;
using MhcPipeline.Core;

namespace MhcPipeline.Engine.Model;

/// <summary>
/// Memory of an NVIDIA GPU through the driver, in the primary context, which ONNX Runtime's CUDA provider uses as well. ONNX Runtime waits for
/// its stream at the end of a run with bound outputs, so copies that begin after a run see what it wrote.
/// </summary>
internal sealed partial class CudaMemory
{
    private const string Driver = "libcuda.so.1";

    private readonly nint _context;

    public CudaMemory(int device)
    {
        try
        {
            Require(cuInit(0));
            Require(cuDeviceGet(out int handle, device));
            Require(cuDevicePrimaryCtxRetain(out _context, handle));
        }
        catch (DllNotFoundException e)
        {
            throw new PipelineException($"GPU {device} cannot be used: {Driver}, a part of NVIDIA's driver, is not installed. Run without the GPU.", e);
        }
    }

    /// <summary>Zeroed memory.</summary>
    public nint Allocate(long bytes)
    {
        Enter();
        Require(cuMemAlloc_v2(out nint address, (nuint)bytes));
        Require(cuMemsetD8_v2(address, 0, (nuint)bytes));
        return address;
    }

    public void Free(nint address)
    {
        Enter();
        Require(cuMemFree_v2(address));
    }

    /// <summary>Begins a copy; copies run in the order in which they began.</summary>
    public void Copy(nint from, nint to, long bytes)
    {
        Enter();
        Require(cuMemcpyDtoD_v2(to, from, (nuint)bytes));
    }

    /// <summary>Waits until all copies are done.</summary>
    public void Wait()
    {
        Enter();
        Require(cuCtxSynchronize());
    }

    /// <summary>A context belongs to a thread, and the cache is made on another one than it is used on.</summary>
    private void Enter() => Require(cuCtxSetCurrent(_context));

    private static void Require(int result)
    {
        if (result != 0)
        {
            throw new PipelineException($"The NVIDIA driver reports error {result} (CUresult in the CUDA driver API). If it is 2, the GPU's memory is too small for the cache: serve with fewer slots or a shorter context.");
        }
    }

    [LibraryImport(Driver)]
    private static partial int cuInit(uint flags);

    [LibraryImport(Driver)]
    private static partial int cuDeviceGet(out int device, int ordinal);

    [LibraryImport(Driver)]
    private static partial int cuDevicePrimaryCtxRetain(out nint context, int device);

    [LibraryImport(Driver)]
    private static partial int cuCtxSetCurrent(nint context);

    [LibraryImport(Driver)]
    private static partial int cuCtxSynchronize();

    [LibraryImport(Driver)]
    private static partial int cuMemAlloc_v2(out nint address, nuint bytes);

    [LibraryImport(Driver)]
    private static partial int cuMemFree_v2(nint address);

    [LibraryImport(Driver)]
    private static partial int cuMemsetD8_v2(nint address, byte value, nuint count);

    [LibraryImport(Driver)]
    private static partial int cuMemcpyDtoD_v2(nint to, nint from, nuint bytes);
}
