using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Folding;

/// <summary>
/// At the first site every stream is the embedding e. So f · fnᵀ = e · (Σ of fn's blocks of C columns)ᵀ, the mean square of f is that of e,
/// u = (Σ pre) e, and X'_j = post_j F + (Σ_i comb[i, j]) e, where comb's columns sum to 1 (with hc they do not, and the sum stays).
/// </summary>
internal sealed class EqualStreams : Fold
{
    // Columns of comb sum to S / (S + eps), with S at least 1 / (n + 1) from the second iteration on.
    private const double LargestEps = 1e-5;

    /// <inheritdoc/>
    public override string Name => "equal-streams";

    /// <inheritdoc/>
    public override string Description => "the first site reads the embedding instead of n equal streams: fn summed over the streams, no residual mix";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target)
    {
        ModelConfig config = target.Config;
        if (target.Mode == ExportMode.Fused)
            return WithoutStreams(config); // its operators add comb's columns up
        if (config.Connection == "mhc" && config.HcSinkhornIters < 2)
            return "after one Sinkhorn iteration the columns of comb need not sum to 1";
        if (config.Connection == "mhc" && config.HcEps > LargestEps)
            return FormattableString.Invariant($"the columns of comb sum to 1 only up to hc_eps, which is {config.HcEps}");
        return WithoutStreams(config);
    }

    /// <summary>True at a site whose streams are still equal, and come as the embedding [T, C].</summary>
    public static bool At(GraphContext context, string site) =>
        context.Folds.Has<EqualStreams>() && site == DecoderTensors.Sites(context.Config).First();

    /// <summary>A row of fn [nC] to the sum of its blocks [C].</summary>
    public static float[] Sum(float[] row, int width)
    {
        var sum = new float[width];
        for (int c = 0; c < width; c++)
        {
            double total = 0;
            for (int at = c; at < row.Length; at += width)
                total += row[at];
            sum[c] = (float)total;
        }
        return sum;
    }

    /// <summary>The first site: reads (Σ pre) e, leaves post_j F + e.</summary>
    public static Site Enter(GraphContext context, Value embedding, SiteMaps maps)
    {
        GraphBuilder graph = context.Graph;
        int hidden = context.Config.HiddenSize;
        Value input = graph.Mul(graph.Sum(maps.Pre, axis: 2), embedding); // [T, 1] · [T, C]
        return new Site(input, output =>
        {
            Value kept = graph.Reshape(embedding, 0, 1, hidden); // [T, 1, C]
            if (maps.Mixing is { } mixing)
                kept = graph.Mul(graph.Node("ReduceSum", [mixing, graph.Integers(2)], Attributes.Int("keepdims", 1)), kept); // [T, n, C]
            return new Streams(graph.Add(graph.Mul(maps.Post, graph.Reshape(output, 0, 1, hidden)), kept)); // [T, n, C]
        });
    }
}
