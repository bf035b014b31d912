using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MhcPipeline.Train.Functions;

/// <summary>SwiGLU (arXiv 2002.05202): silu(gate) * up, where one projection gives both.</summary>
public static class SwiGlu
{
    /// <summary>Gates: by one kernel in the host's memory, by tensor operations elsewhere.</summary>
    /// <param name="both">[..., 2I]: gate, then up.</param>
    /// <returns>[..., I].</returns>
    public static Tensor Apply(Tensor both) => HostKernels.Serve(both) ? SwiGluFunction.Gate(both) : Composed(both);

    /// <summary>The same by tensor operations: the reference for the kernel.</summary>
    /// <param name="both">[..., 2I].</param>
    /// <returns>[..., I].</returns>
    public static Tensor Composed(Tensor both)
    {
        long inner = both.shape[^1] / 2;
        return silu(both.narrow(-1, 0, inner)) * both.narrow(-1, inner, inner);
    }
}
