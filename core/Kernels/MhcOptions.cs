namespace MhcPipeline.Core.Kernels;

/// <summary>The constants of manifold-constrained hyper-connections.</summary>
/// <param name="Streams">n.</param>
/// <param name="Iterations">Iterations of Sinkhorn-Knopp, 1 or more; each is one row and one column normalisation.</param>
/// <param name="Eps">Added to the coefficients and the divisors; 0 gives the paper's form.</param>
/// <param name="NormEps">Added to the mean square of the streams.</param>
public sealed record MhcOptions(int Streams, int Iterations, double Eps, double NormEps)
{
    /// <summary>Number of coefficients of a site: pre (n), post (n), comb (n*n).</summary>
    public int Coefficients => (2 + Streams) * Streams;
}
