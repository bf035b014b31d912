using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>
/// What mhc and its relatives share: pre = sigmoid + eps and post = 2 sigmoid of maps of all streams together, and a head
/// that weighs the streams likewise (arXiv 2512.24880, with the eps of DeepSeek-V4). They differ in H_res.
/// </summary>
internal abstract class GatedConnection : StreamConnection
{
    /// <inheritdoc/>
    protected override Value Collapse(GraphContext context, Value streams)
    {
        Dictionary<string, Value> logits = Logits(context, streams, MapTensors.Head, HeadRows(context.Config), equal: false);
        return WeightedSum(context, Gate(context, logits, MapTensors.Head, HeadRows(context.Config)[0]), streams);
    }

    /// <summary>Number of logits from which a site's H_res is made; 0 when it is fixed.</summary>
    protected abstract int MixingLogits(int n);

    /// <summary>From the logits [T, count] to H_res [T, n, n]; null when it is the identity.</summary>
    /// <param name="context">The model.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="site">Start of the names of the site's tensors.</param>
    protected abstract Value? Mixing(GraphContext context, Value logits, string site);

    /// <summary>H_res [n·n], row-major, from logits that are the same for all tokens.</summary>
    /// <param name="context">The model.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="site">Start of the names of the site's tensors.</param>
    protected abstract double[] StaticMixing(GraphContext context, float[] logits, string site);

    /// <inheritdoc/>
    protected override IEnumerable<TensorSpec> SiteTensors(ModelConfig config, string site)
    {
        int n = config.HcMult, rows = (2 * n) + MixingLogits(n);
        yield return new TensorSpec($"{site}.fn", rows, n * config.HiddenSize);
        yield return new TensorSpec($"{site}.base", rows);
        yield return new TensorSpec($"{site}.scale", MixingLogits(n) > 0 ? 3 : 2);
    }

    /// <inheritdoc/>
    protected override IEnumerable<TensorSpec> HeadTensors(ModelConfig config)
    {
        yield return new TensorSpec("model.hc_head.hc_fn", config.HcMult, config.HcMult * config.HiddenSize);
        yield return new TensorSpec("model.hc_head.hc_base", config.HcMult);
        yield return new TensorSpec("model.hc_head.hc_scale", 1);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<MapRows> SiteRows(ModelConfig config) => MapRows.Of(config.HcMult, config.HcMult, MixingLogits(config.HcMult));

    /// <inheritdoc/>
    public override IReadOnlyList<MapRows> HeadRows(ModelConfig config) => MapRows.Of(config.HcMult, 0, 0);

    /// <inheritdoc/>
    protected override SiteMaps Maps(GraphContext context, Value streams, string name, bool equal)
    {
        GraphBuilder graph = context.Graph;
        int n = context.Config.HcMult;
        var tensors = MapTensors.Site(name);
        IReadOnlyList<MapRows> maps = [.. SiteRows(context.Config).Where(map => !equal || map.Map != "comb")];
        Dictionary<string, Value> logits = Logits(context, streams, tensors, maps, equal);

        Value pre = Gate(context, logits, tensors, maps[0]);
        Value post = logits.TryGetValue("post", out Value m)
            ? graph.Reshape(graph.Mul(graph.Sigmoid(m), graph.Scalar(2)), 0, n, 1) // [T, n, 1]
            : StaticCoefficients.Constant(context, Base(context, tensors, maps[1]).Select(logit => 2 * Sigmoid(logit)), 1, n, 1);
        return new SiteMaps(pre, post, maps.Count > 2 ? Mixing() : null);

        Value? Mixing() => logits.TryGetValue("comb", out Value m) ? this.Mixing(context, m, name)
            : StaticCoefficients.Constant(context, StaticMixing(context, Base(context, tensors, maps[2]), name), 1, n, n);
    }

    // m · scale + base of every map that is not static, [T, rows] each, where m = (f · fnᵀ) r.
    private static Dictionary<string, Value> Logits(GraphContext context, Value streams, MapTensors tensors, IReadOnlyList<MapRows> maps, bool equal)
    {
        GraphBuilder graph = context.Graph;
        var logits = new Dictionary<string, Value>();
        MapRows[] computed = [.. maps.Where(map => !StaticCoefficients.Has(context, tensors, map))];
        if (computed.Length == 0)
            return logits;
        int width = equal ? context.Config.HiddenSize : context.Config.HcMult * context.Config.HiddenSize;
        var products = new NormedProducts(context, equal ? streams : graph.Reshape(streams, -1, width), width);
        foreach (MapRows[] group in OneProduct.Groups(context, computed))
        {
            WeightTensor fn = MapWeights.Fn(context, tensors, group, equal), bases = MapWeights.Base(context, tensors, group);
            Value m = context.Folds.Has<ScaleIntoFn>() ? products.With(fn, bases)
                : graph.Add(graph.Mul(products.With(fn), graph.Weight(MapWeights.Scale(context, tensors, group))), graph.Weight(bases));
            Value[] parts = group.Length == 1 ? [m] : graph.Split(m, [.. group.Select(map => (long)map.Count)]);
            for (int i = 0; i < group.Length; i++)
                logits.Add(group[i].Map, parts[i]);
        }
        return logits;
    }

    // sigmoid + eps, as [T, 1, n].
    private static Value Gate(GraphContext context, Dictionary<string, Value> logits, MapTensors tensors, MapRows pre)
    {
        GraphBuilder graph = context.Graph;
        double eps = context.Config.HcEps;
        if (!logits.TryGetValue(pre.Map, out Value m))
            return StaticCoefficients.Constant(context, Base(context, tensors, pre).Select(logit => Sigmoid(logit) + eps), 1, 1, pre.Count);
        Value gate = graph.Sigmoid(m);
        return graph.Reshape(eps == 0 ? gate : graph.Add(gate, graph.Scalar((float)eps)), 0, 1, pre.Count);
    }

    private static float[] Base(GraphContext context, MapTensors tensors, MapRows map) => context.Weights.Elements(tensors.Base)[map.First..(map.First + map.Count)];

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
