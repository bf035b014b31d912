using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// The same by tensor operations, of any type on any device; of bf16 numbers in float32. Who goes backward by these keeps what <see cref="MlpFunction"/> and
/// its like do; what tensor operations keep of themselves would be several times that.
/// </summary>
internal sealed class ComposedSublayers : ISublayerKernels
{
    private ComposedSublayers()
    {
    }

    /// <summary>It has no state.</summary>
    public static ComposedSublayers Instance { get; } = new();

    /// <summary>256 MB of float32: products that a GPU is busy with.</summary>
    public long ChunkLogits => 1 << 26;

    public Tensor Dense(Tensor x) => x.contiguous();

    public (Tensor Y, Tensor Roots) Normalise(Tensor x, Tensor weight, double eps)
    {
        Tensor wide = x.Widen(), roots = RmsNorm.InverseRoot(wide, eps); // [..., 1]
        return ((wide * roots * weight).to_type(x.dtype), roots);
    }

    public (Tensor OfX, Tensor OfWeight) NormGradients(Tensor x, Tensor weight, Tensor roots, Tensor ofY)
    {
        Tensor g = ofY.Widen(), y = x.Widen() * roots; // y: normed, without the weight
        Tensor ofNormed = g * weight;
        Tensor ofX = (ofNormed - (y * (ofNormed * y).mean([-1L], keepdim: true))).mul_(roots);
        return (ofX.to_type(x.dtype), (g * y).view(-1, weight.numel()).sum([0L]));
    }

    public Tensor SwiGlu(Tensor both)
    {
        (Tensor gate, Tensor up) = Halves(both.Widen());
        return (silu(gate) * up).to_type(both.dtype);
    }

    public (Tensor OfBoth, Tensor Y) SwiGluGradient(Tensor both, Tensor ofY)
    {
        (Tensor gate, Tensor up) = Halves(both.Widen());
        Tensor g = ofY.Widen(), s = gate.sigmoid(), silu = gate * s;
        Tensor slope = s.add(silu - (silu * s), One); // silu' = s + x s (1 - s)
        return (cat([g * up * slope, g * silu], dim: -1).to_type(both.dtype), (silu * up).to_type(both.dtype));
    }

    public void CrossEntropy(Tensor logits, Tensor targets, Tensor sum, bool gradient)
    {
        Tensor wide = logits.Widen(), logSum = wide.logsumexp(1, keepdim: true); // [t,V], [t,1]
        Tensor target = targets.unsqueeze(1), counts = target.ge(Held(0L)), index = target.clamp(min: Held(0L)); // [t,1]
        sum.add_(((logSum - wide.gather(1, index)) * counts).sum(), One);
        if (gradient)
            logits.copy_(wide.sub_(logSum).exp_().scatter_add_(1, index, full_like(logSum, Held(-1L))).mul_(counts));
    }

    private static (Tensor Gate, Tensor Up) Halves(Tensor both)
    {
        long inner = both.shape[^1] / 2;
        return (both.narrow(-1, 0, inner), both.narrow(-1, inner, inner));
    }
}
