using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>Root-mean-square normalisation (arXiv 1910.07467): x / sqrt(mean(x^2) + eps) * weight, over the last axis.</summary>
public static class RmsNorm
{
    /// <summary>Normalises, by a kernel where there is one.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="weight">[C].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[..., C].</returns>
    public static Tensor Apply(Tensor x, Tensor weight, double eps) =>
        RmsNormFunction.Normalise(ISublayerKernels.For(x), x, weight, eps);

    /// <summary>The same by tensor operations that a graph knows: the reference.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="weight">[C].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[..., C], in x's type.</returns>
    public static Tensor Composed(Tensor x, Tensor weight, double eps)
    {
        Tensor wide = x.Widen();
        return (wide * InverseRoot(wide, eps) * weight).to_type(x.dtype);
    }

    /// <summary>1 / sqrt(mean(x^2) + eps) over the last axis.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[..., 1].</returns>
    public static Tensor InverseRoot(Tensor x, double eps) => (x * x).mean([-1L], keepdim: true).add(Held(eps), One).rsqrt();
}
