using System.Collections.Concurrent;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Functions;
using static MhcPipeline.Train.Functions.DeviceKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// <see cref="CudaSiteKernel"/> on tensors of a device, behind what torch has started there. Workspaces go back to torch's allocator at once, which hands
/// them out again to what is started later only.
/// </summary>
/// <param name="launcher">Of the tensors' device.</param>
/// <param name="options">What the maps were made with.</param>
internal sealed class DeviceSites(DeviceLauncher launcher, MhcOptions options) : ISiteKernels
{
    private readonly ConcurrentDictionary<(SiteMap Map, CudaSiteSource Before, SiteShape Shape, CudaStreamType Type), CudaSiteKernel> _kernels = new();

    /// <summary>What launches.</summary>
    public DeviceLauncher Launcher => launcher;

    public bool ReadStreamsAgain => false;

    public Tensor Dense(Tensor x) => DeviceKernels.Dense(x);

    public void Forward(SiteMap map, SiteShape shape, SiteBefore before, SiteWeights weights, SiteOutputs outputs)
    {
        CudaSiteKernel kernel = Kernel(map, shape, before);
        using Tensor workspace = Workspace(kernel.ForwardWorkspace, before);
        kernel.Forward(
            Addresses(before), Addresses(weights), AddressOrNull(outputs.Streams), Address(outputs.Products), Address(outputs.Roots),
            AddressOrNull(outputs.Writing), Address(outputs.Input), Address(workspace));
    }

    public void Backward(SiteMap map, SiteShape shape, SiteBefore before, SiteWeights weights, Tensor? streams, Tensor products, Tensor roots, SiteDerivatives gradients)
    {
        CudaSiteKernel kernel = Kernel(map, shape, before);
        using Tensor workspace = Workspace(kernel.BackwardWorkspace, before);
        bool writes = before.Embedding is null;
        kernel.Backward(Addresses(before), Addresses(weights), Address(products), Address(roots), new CudaSiteGradients
        {
            Input = Address(gradients.Input),
            Streams = AddressOrNull(gradients.Streams),
            Writing = AddressOrNull(gradients.Writing),
            Embedding = writes ? 0 : Address(gradients.Source),
            BeforeX = writes ? Address(gradients.Source) : 0,
            BeforeOutput = AddressOrNull(gradients.Output),
            BeforeWriting = AddressOrNull(gradients.BeforeWriting),
            Fn = AddressOrNull(gradients.Weights.Fn),
            Bias = AddressOrNull(gradients.Weights.Bias),
            Scale = AddressOrNull(gradients.Weights.Scale),
        }, Address(workspace));
    }

    public void Write(SiteMap map, SiteShape shape, SiteBefore before, Tensor streams) => Kernel(map, shape, before).Write(Addresses(before), Address(streams));

    private CudaSiteKernel Kernel(SiteMap map, SiteShape shape, SiteBefore before)
    {
        CudaSiteSource source = before.Embedding is not null ? CudaSiteSource.Embedding : before.Mixes ? CudaSiteSource.Mixes : CudaSiteSource.Gates;
        CudaStreamType type = before.Source.dtype == ScalarType.BFloat16 ? CudaStreamType.BFloat16 : CudaStreamType.Float32;
        return _kernels.GetOrAdd((map, source, shape, type), key => new CudaSiteKernel(launcher.Launcher, key.Map, options, key.Before, key.Shape, key.Type, launcher.SharedBytes));
    }

    private static Tensor Workspace(long bytes, SiteBefore before) => empty(bytes, dtype: ScalarType.Byte, device: before.Source.device);

    private static CudaBefore Addresses(SiteBefore before) => new()
    {
        Embedding = AddressOrNull(before.Embedding),
        X = AddressOrNull(before.X),
        Output = AddressOrNull(before.Output),
        Writing = AddressOrNull(before.Writing),
        Mixes = before.Mixes,
    };

    private static CudaSiteParameters Addresses(SiteWeights weights) => new(AddressOrNull(weights.Fn), AddressOrNull(weights.Bias), AddressOrNull(weights.Scale));
}
