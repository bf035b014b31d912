using System.Runtime.InteropServices;

namespace MhcPipeline.Core.Kernels.Cuda;

/// <summary>
/// The stream that kernels go to: torch's current one where torch's CUDA part is loaded, asked for at every launch, since it belongs to the thread
/// and autograd has threads of its own; else the legacy default stream, which waits for all others.
/// </summary>
internal sealed unsafe class CudaStream
{
    private const string Function = "aoti_torch_get_current_cuda_stream";

    private readonly delegate* unmanaged<int, nint*, int> _current;

    /// <summary>Looks for torch among the libraries in this process.</summary>
    public CudaStream(IEnumerable<string> loaded)
    {
        string file = OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so";
        if (loaded.FirstOrDefault(path => Path.GetFileName(path) == file) is { } torch
            && NativeLibrary.TryLoad(torch, out nint library)
            && NativeLibrary.TryGetExport(library, Function, out nint function))
        {
            _current = (delegate* unmanaged<int, nint*, int>)function;
        }
    }

    /// <summary>The stream of this thread now; 0 is the legacy default stream.</summary>
    public nint Of(int device)
    {
        if (_current == null)
            return 0;
        nint stream;
        int result = _current(device, &stream);
        return result == 0 ? stream : throw new PipelineException($"torch does not tell its CUDA stream of GPU {device} ({Function} gives {result}).");
    }
}
