using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Folding;

/// <summary>
/// Each site gets the smallest number of Sinkhorn iterations whose comb differs nowhere on the calibration set by more than
/// <see cref="Tolerance"/> from that of the configured number.
/// </summary>
internal sealed class SinkhornIterations : Fold
{
    /// <summary>Largest accepted change of an element of comb: a few roundings of float32 numbers between 0 and 1.</summary>
    public const double Tolerance = 1e-6;

    /// <inheritdoc/>
    public override string Name => "sinkhorn-iterations";

    /// <inheritdoc/>
    public override string Description => FormattableString.Invariant($"iterations per site after which comb changes by at most {Tolerance:0e+0} on the calibration set");

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) =>
        target.Config.Connection != "mhc" ? $"connection {target.Config.Connection} does not iterate"
        : target.Iterations is null ? "the sites' logits were not measured on a calibration set" : null;

    /// <summary>Iterations that are enough for all tokens of a site.</summary>
    /// <param name="logits">[T, n·n], what Sinkhorn-Knopp is given.</param>
    /// <param name="n">Streams.</param>
    /// <param name="iterations">The configured number.</param>
    /// <param name="eps">hc_eps.</param>
    public static int Enough(ReadOnlySpan<float> logits, int n, int iterations, double eps)
    {
        int enough = 1, size = n * n;
        for (int at = 0; at < logits.Length; at += size)
        {
            double[][] steps = SinkhornReference.Steps(logits.Slice(at, size), n, iterations, eps);
            while (Difference(steps[enough - 1], steps[^1]) > Tolerance)
                enough++;
        }
        return enough;
    }

    /// <summary>Iterations that a site's graph runs: none where its comb is not in the graph, or a constant.</summary>
    public static int At(FoldPlan plan, FoldTarget target, string site)
    {
        bool gone = target.Mode == ExportMode.Standard && plan.Has<EqualStreams>() && site == DecoderTensors.Sites(target.Config).First();
        return gone || (plan.Has<StaticCoefficients>() && StaticCoefficients.IsStatic(target, site, "comb")) ? 0 : plan.Iterations(site);
    }

    private static double Difference(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
