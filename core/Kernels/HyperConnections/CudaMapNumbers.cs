namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>The constants of a map as its kernels take them.</summary>
/// <param name="Iterations">Of Sinkhorn-Knopp; 1 where the map has none.</param>
/// <param name="Eps">Added to pre, and to Sinkhorn's divisors.</param>
/// <param name="TapeFloats">Sinkhorn's divisors of a token.</param>
internal readonly record struct CudaMapNumbers(int Iterations, float Eps, int TapeFloats)
{
    public static CudaMapNumbers Of(SiteMap map, MhcOptions options) =>
        map is MhcMap ? new(options.Iterations, (float)options.Eps, ((2 * options.Iterations) - 1) * options.Streams) : new(1, (float)options.Eps, 0);
}
