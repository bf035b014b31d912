using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.DeviceKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// <see cref="CudaRmsNorm"/>, <see cref="CudaSwiGlu"/> and <see cref="CudaCrossEntropy"/> on tensors of a device, behind what torch has started there.
/// Workspaces go back to torch's allocator at once, which hands them out again to what is started later only.
/// </summary>
/// <param name="device">Of the tensors.</param>
internal sealed class DeviceSublayers(DeviceLauncher device) : ISublayerKernels
{
    private readonly ILauncher _launcher = device.Launcher;

    /// <summary>128 MB of bf16: products that a GPU is busy with.</summary>
    public long ChunkLogits => 1 << 26;

    public Tensor Dense(Tensor x) => DeviceKernels.Dense(x);

    public (Tensor Y, Tensor Roots) Normalise(Tensor x, Tensor weight, double eps)
    {
        Tensor y = empty_like(x), roots = empty(x.numel() / weight.numel(), dtype: ScalarType.Float32, device: x.device);
        Norm(x, weight).Forward(Address(x), Address(weight), eps, Address(y), Address(roots));
        return (y, roots);
    }

    public (Tensor OfX, Tensor OfWeight) NormGradients(Tensor x, Tensor weight, Tensor roots, Tensor ofY)
    {
        CudaRmsNorm norm = Norm(x, weight);
        Tensor ofX = empty_like(x), ofWeight = empty_like(weight);
        using Tensor workspace = Workspace(norm.BackwardWorkspace, x);
        norm.Backward(Address(x), Address(weight), Address(roots), Address(ofY), Address(ofX), Address(ofWeight), Address(workspace));
        return (ofX, ofWeight);
    }

    public Tensor SwiGlu(Tensor both)
    {
        Tensor y = empty([both.shape[0], both.shape[1] / 2], dtype: both.dtype, device: both.device);
        Gates(y).Forward(Address(both), Address(y));
        return y;
    }

    public (Tensor OfBoth, Tensor Y) SwiGluGradient(Tensor both, Tensor ofY)
    {
        Tensor ofBoth = empty_like(both), y = empty_like(ofY);
        Gates(y).Backward(Address(both), Address(ofY), Address(ofBoth), Address(y));
        return (ofBoth, y);
    }

    public void CrossEntropy(Tensor logits, Tensor targets, Tensor sum, bool gradient)
    {
        var kernel = new CudaCrossEntropy(_launcher, Element(logits), (int)logits.shape[0], (int)logits.shape[1]);
        using Tensor workspace = Workspace(kernel.Workspace, logits);
        kernel.Sum(Address(logits), Address(targets), Address(sum), Address(workspace), gradient);
    }

    private CudaRmsNorm Norm(Tensor x, Tensor weight) => new(_launcher, Element(x), (int)(x.numel() / weight.numel()), (int)weight.numel());

    private CudaSwiGlu Gates(Tensor y) => new(_launcher, Element(y), (int)y.shape[0], (int)y.shape[1]);

    private static CudaElement Element(Tensor x) => x.dtype == ScalarType.BFloat16 ? CudaElement.BFloat16 : CudaElement.Float32;
}
