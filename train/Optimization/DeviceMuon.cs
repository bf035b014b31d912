using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Optimization;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Parameters;
using static MhcPipeline.Train.Functions.DeviceKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Optimization;

/// <summary><see cref="CudaMuon"/> on a store's hidden matrices, those of one shape together however they lie in the flat buffers.</summary>
internal sealed class DeviceMuon : IDisposable
{
    /// <summary>512 MB: matrices beyond that would keep no GPU busier.</summary>
    private const long Workspace = 1 << 29;

    private readonly ParameterStore _parameters;
    private readonly (CudaMuon Kernel, Tensor Offsets)[] _launches;

    /// <param name="device">Of the store.</param>
    /// <param name="parameters">What to optimize.</param>
    public DeviceMuon(DeviceLauncher device, ParameterStore parameters)
    {
        _parameters = parameters;
        _launches = [.. Launches(device.Launcher)];
    }

    /// <summary>A step of all matrices; see <see cref="CudaMuon.Step"/>.</summary>
    /// <param name="momentum">Laid out like the store's buffers.</param>
    /// <param name="beta">Decay of the momentum.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="weightDecay">Per unit of the rate.</param>
    /// <param name="clip">What multiplies the gradient, if anything does.</param>
    public void Step(Tensor momentum, double beta, double rate, double weightDecay, Tensor? clip)
    {
        foreach ((CudaMuon kernel, Tensor offsets) in _launches)
        {
            using Tensor workspace = DeviceKernels.Workspace(kernel.Workspace, momentum);
            kernel.Step(
                Address(_parameters.Data), Address(_parameters.Gradient), Address(momentum), Address(offsets), beta, rate, weightDecay, Address(workspace), AddressOrNull(clip));
        }
    }

    public void Dispose()
    {
        foreach ((_, Tensor offsets) in _launches)
            offsets.Dispose();
    }

    private IEnumerable<(CudaMuon Kernel, Tensor Offsets)> Launches(ILauncher launcher)
    {
        long offset = 0;
        var offsets = new Dictionary<(int Rows, int Columns), List<long>>();
        foreach (ParameterSpec spec in _parameters.Specs.TakeWhile(spec => spec.Hidden))
        {
            (int Rows, int Columns) shape = ((int)spec.Shape[0], (int)spec.Shape[1]);
            offsets[shape] = [.. offsets.GetValueOrDefault(shape, []), offset];
            offset += spec.Count;
        }
        foreach (((int rows, int columns), List<long> all) in offsets)
        {
            long most = Math.Clamp(Workspace / new CudaMuon(launcher, 1, rows, columns).Workspace, 1, ushort.MaxValue);
            foreach (long[] some in all.Chunk((int)most))
                yield return (new CudaMuon(launcher, some.Length, rows, columns), tensor(some, device: _parameters.Device).DetachFromDisposeScope());
        }
    }
}
