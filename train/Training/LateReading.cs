using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>
/// Figures on their way from a device. The copy is started at once, behind what computes them; who reads them later waits for it, not for what was
/// started since. Where kernels cannot run there is no event to wait for, and reading waits for all.
/// </summary>
internal sealed class LateReading : IDisposable
{
    private readonly Tensor _figures;
    private readonly CudaEvent? _arrived;

    /// <summary>Starts the copy.</summary>
    /// <param name="figures">Scalars, float32, of one device.</param>
    public LateReading(params Tensor[] figures)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        Tensor all = stack(figures), here = all;
        if (all.device_type == DeviceType.CUDA && CudaSupport.Here.Missing(all.device_index) is null)
        {
            here = all.to(CPU, non_blocking: true); // libtorch takes pinned memory for it
            _arrived = CudaSupport.Here.Launcher(all.device_index).Record();
        }
        _figures = here.DetachFromDisposeScope();
    }

    /// <summary>The figures, once they are there.</summary>
    public double[] Values()
    {
        _arrived?.Wait();
        using Tensor host = _figures.cpu();
        return [.. MemoryMarshal.Cast<byte, float>(host.bytes).ToArray().Select(figure => (double)figure)];
    }

    public void Dispose()
    {
        _arrived?.Dispose();
        _figures.Dispose();
    }
}
