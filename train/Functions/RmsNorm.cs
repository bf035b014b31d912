using static TorchSharp.torch;

namespace MhcPipeline.Train.Functions;

/// <summary>Root-mean-square normalisation (arXiv 1910.07467): x / sqrt(mean(x^2) + eps) * weight, over the last axis.</summary>
public static class RmsNorm
{
    /// <summary>Normalises: by one kernel on single-precision numbers in the host's memory, by tensor operations elsewhere.</summary>
    /// <param name="x">[..., C].</param>
    /// <param name="weight">[C].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[..., C].</returns>
    public static Tensor Apply(Tensor x, Tensor weight, double eps) =>
        HostKernels.Serve(x) ? RmsNormFunction.Normalise(x, weight, eps) : Apart(x, weight, eps);

    /// <summary>Normalises by tensor operations: with their own way back where numbers are narrow, since what those keep otherwise is wide.</summary>
    internal static Tensor Apart(Tensor x, Tensor weight, double eps) =>
        x.dtype == ScalarType.BFloat16 ? NarrowRmsNormFunction.Normalise(x, weight, eps) : Composed(x, weight, eps);

    /// <summary>The same by tensor operations: the reference for the kernel.</summary>
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
    public static Tensor InverseRoot(Tensor x, double eps) => (x * x).mean([-1L], keepdim: true).add(eps).rsqrt();
}
