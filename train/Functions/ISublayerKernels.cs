using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>What sublayers and the loss compute besides products, on contiguous tensors wherever those are. Results are new tensors that no graph knows.</summary>
internal interface ISublayerKernels
{
    /// <summary>Logits that are there at once.</summary>
    long ChunkLogits { get; }

    /// <summary>Who computes with tensors like this one: the CUDA kernels, those of the host, or tensor operations.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="widest">C of the largest tensor that is made of it, if that is wider.</param>
    static ISublayerKernels For(Tensor x, long widest = 0) => DeviceKernels.For(x, Math.Max(widest, x.shape[^1])) is { } launcher ? new DeviceSublayers(launcher)
        : HostKernels.Serve(x, widest) ? HostSublayers.Instance : ComposedSublayers.Instance;

    /// <summary>A tensor's numbers as the kernels take them.</summary>
    Tensor Dense(Tensor x);

    /// <summary>RMSNorm: y = x r w.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="weight">w [C].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>y [..., C] in x's type, and r, a number a row.</returns>
    (Tensor Y, Tensor Roots) Normalise(Tensor x, Tensor weight, double eps);

    /// <summary>The way back.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="weight">w [C].</param>
    /// <param name="roots">r.</param>
    /// <param name="ofY">The gradient of y.</param>
    /// <returns>The gradients of x [..., C] in its type, and of w [C].</returns>
    (Tensor OfX, Tensor OfWeight) NormGradients(Tensor x, Tensor weight, Tensor roots, Tensor ofY);

    /// <summary>silu(gate) up.</summary>
    /// <param name="both">[T,2I]: gate, then up.</param>
    /// <returns>[T,I].</returns>
    Tensor SwiGlu(Tensor both);

    /// <summary>The way back.</summary>
    /// <param name="both">[T,2I].</param>
    /// <param name="ofY">The gradient of the result [T,I].</param>
    /// <returns>The gradient [T,2I], and the result again [T,I].</returns>
    (Tensor OfBoth, Tensor Y) SwiGluGradient(Tensor both, Tensor ofY);

    /// <summary>Adds -sum_t log softmax(logits_t)[target_t], in nats, to a sum.</summary>
    /// <param name="logits">[t,V]; with <paramref name="gradient"/> softmax - one-hot is left in their place.</param>
    /// <param name="targets">int64 [t], -100 where nothing is to be learnt.</param>
    /// <param name="sum">float64, a scalar.</param>
    /// <param name="gradient">Whether the gradient is wanted.</param>
    void CrossEntropy(Tensor logits, Tensor targets, Tensor sum, bool gradient);
}
