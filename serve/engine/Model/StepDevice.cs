using MhcPipeline.Core.Kernels.Cuda;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Engine.Model;

/// <summary>
/// A device that has the cache and the tensors of steps in its memory. ONNX Runtime waits for its stream at the end of a run, so copies that begin after a
/// run see what it wrote.
/// </summary>
/// <param name="memory">The device's memory.</param>
/// <param name="allocator">What ONNX Runtime calls that memory.</param>
/// <param name="ordinal">The device's number.</param>
internal sealed class StepDevice(IDeviceMemory memory, string allocator, int ordinal) : IDisposable
{
    /// <summary>ONNX Runtime's names of memory.</summary>
    public const string Cpu = "Cpu", Cuda = "Cuda";

    public IDeviceMemory Memory => memory;

    public OrtMemoryInfo Info { get; } = new(allocator, OrtAllocatorType.DeviceAllocator, ordinal, OrtMemType.Default);

    /// <summary>Whether a decode step is captured into a CUDA graph, one for each number of rows, and from then on started as a whole.</summary>
    public bool CapturesGraphs { get; init; }

    public void Dispose() => Info.Dispose();
}
