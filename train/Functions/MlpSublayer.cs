using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MhcPipeline.Train.Functions;

/// <summary>An MLP sublayer: down(SwiGLU(norm(u) in gate and up)), arXiv 2002.05202.</summary>
public static class MlpSublayer
{
    /// <summary>Computes: as one operation in the host's memory, by tensor operations elsewhere.</summary>
    /// <param name="u">[B,S,C].</param>
    /// <param name="norm">Weight of the norm before it [C].</param>
    /// <param name="gateUp">[2I,C].</param>
    /// <param name="down">[C,I].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[B,S,C].</returns>
    public static Tensor Apply(Tensor u, Tensor norm, Tensor gateUp, Tensor down, double eps) =>
        HostKernels.Serve(u, widest: gateUp.shape[0]) ? MlpFunction.Apply(u, norm, gateUp, down, eps) : Composed(u, norm, gateUp, down, eps);

    /// <summary>The same by tensor operations: the reference for the kernels.</summary>
    /// <param name="u">[B,S,C].</param>
    /// <param name="norm">[C].</param>
    /// <param name="gateUp">[2I,C].</param>
    /// <param name="down">[C,I].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[B,S,C].</returns>
    public static Tensor Composed(Tensor u, Tensor norm, Tensor gateUp, Tensor down, double eps)
    {
        using var scope = NewDisposeScope();
        Tensor both = LinearProducts.Composed(RmsNorm.Apart(u, norm, eps), gateUp); // [B,S,2I]
        return LinearProducts.Composed(SwiGlu(both), down).MoveToOuterDisposeScope(); // [B,S,I] -> [B,S,C]
    }

    /// <summary>silu(gate) up.</summary>
    /// <param name="both">[...,2I]: gate, then up.</param>
    /// <returns>[...,I].</returns>
    private static Tensor SwiGlu(Tensor both)
    {
        long inner = both.shape[^1] / 2;
        return silu(both.narrow(-1, 0, inner)) * both.narrow(-1, inner, inner);
    }
}
