using System.Runtime.InteropServices;
using MhcPipeline.Core.Kernels.Sublayers;
using static MhcPipeline.Train.Functions.HeldNumbers;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary><see cref="RmsNormKernel"/>, <see cref="SwiGluKernel"/> and <see cref="CrossEntropyKernel"/> on single-precision tensors in the host's memory.</summary>
internal sealed class HostSublayers : ISublayerKernels
{
    private HostSublayers()
    {
    }

    /// <summary>It has no state.</summary>
    public static HostSublayers Instance { get; } = new();

    /// <summary>4 MB, which are still in a cache when the kernel and the products of the gradient read them.</summary>
    public long ChunkLogits => 1 << 20;

    public Tensor Dense(Tensor x) => x.contiguous();

    public (Tensor Y, Tensor Roots) Normalise(Tensor x, Tensor weight, double eps)
    {
        Tensor y = empty(x.shape), roots = empty(x.numel() / weight.numel());
        RmsNormKernel.Forward(Floats(x), Floats(weight), eps, Floats(y), Floats(roots));
        return (y, roots);
    }

    public (Tensor OfX, Tensor OfWeight) NormGradients(Tensor x, Tensor weight, Tensor roots, Tensor ofY)
    {
        Tensor ofX = empty(x.shape), ofWeight = empty(weight.shape);
        RmsNormKernel.Backward(Floats(x), Floats(weight), Floats(roots), Floats(ofY), Floats(ofX), Floats(ofWeight));
        return (ofX, ofWeight);
    }

    public Tensor SwiGlu(Tensor both)
    {
        Tensor y = empty(both.shape[0], both.shape[1] / 2);
        SwiGluKernel.Forward(Floats(both), (int)y.shape[1], Floats(y));
        return y;
    }

    public (Tensor OfBoth, Tensor Y) SwiGluGradient(Tensor both, Tensor ofY)
    {
        Tensor ofBoth = empty(both.shape), y = empty(ofY.shape);
        SwiGluKernel.Backward(Floats(both), (int)y.shape[1], Floats(ofY), Floats(ofBoth), Floats(y));
        return (ofBoth, y);
    }

    public void CrossEntropy(Tensor logits, Tensor targets, Tensor sum, bool gradient) =>
        sum.add_(Held(CrossEntropyKernel.Sum(Floats(logits), MemoryMarshal.Cast<byte, long>(targets.bytes), gradient)), One);
}
