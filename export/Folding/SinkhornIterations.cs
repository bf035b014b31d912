using MhcPipeline.Export.Checkpoints;
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

    /// <summary>Iterations of a site: the configured number, or what is enough.</summary>
    /// <param name="plan">The folds that are done.</param>
    /// <param name="site">Start of the names of its tensors, such as <c>model.layers.0.attn_hc</c>.</param>
    public static int Of(FoldPlan plan, string site) =>
        plan.Has<SinkhornIterations>() && plan.Target.Iterations!.TryGetValue(site, out int enough) ? enough : plan.Target.Config.HcSinkhornIters;

    /// <summary>Iterations that a site's graph runs: none where its comb is not in the graph, or a constant.</summary>
    public static int InGraph(FoldPlan plan, string site)
    {
        FoldTarget target = plan.Target;
        bool gone = target.Mode == ExportMode.Standard && plan.Has<EqualStreams>() && site == DecoderTensors.Sites(target.Config).First();
        return gone || (plan.Has<StaticCoefficients>() && StaticCoefficients.IsStatic(target, site, "comb")) ? 0 : Of(plan, site);
    }

    private static double Difference(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
}
