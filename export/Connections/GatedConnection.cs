using MhcPipeline.Core;
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
        GraphBuilder graph = context.Graph;
        Value m = graph.Linear(AllStreams(context, streams), context.Weight("model.hc_head.hc_fn")); // [T, n]
        Value affine = graph.Add(graph.Mul(m, context.Weight("model.hc_head.hc_scale")), context.Weight("model.hc_head.hc_base"));
        return WeightedSum(context, Gate(context, affine), streams);
    }

    /// <summary>Number of logits from which a site's H_res is made; 0 when it is fixed.</summary>
    protected abstract int MixingLogits(int n);

    /// <summary>From the logits [T, count] to H_res [T, n, n]; null when it is the identity.</summary>
    protected abstract Value? Mixing(GraphContext context, Value logits);

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
    protected override SiteMaps Maps(GraphContext context, Value streams, string name)
    {
        GraphBuilder graph = context.Graph;
        int n = context.Config.HcMult;
        int[] sizes = MixingLogits(n) > 0 ? [n, n, MixingLogits(n)] : [n, n];

        // m = (f · fnᵀ) r; each of the maps has a scale and a base of its own: one product and one sum for all of them.
        Value m = graph.Linear(AllStreams(context, streams), context.Weight($"{name}.fn")); // [T, rows]
        m = graph.Add(graph.Mul(m, graph.Weight(context.Weights.Repeated($"{name}.scale", sizes))), context.Weight($"{name}.base"));
        Value[] maps = graph.Split(m, [.. sizes.Select(size => (long)size)]);

        Value pre = Gate(context, maps[0]); // [T, 1, n]
        Value post = graph.Reshape(graph.Mul(graph.Sigmoid(maps[1]), graph.Scalar(2)), 0, n, 1); // [T, n, 1]
        return new SiteMaps(pre, post, maps.Length > 2 ? Mixing(context, maps[2]) : null);
    }

    // sigmoid + eps of [T, n], as [T, 1, n].
    private static Value Gate(GraphContext context, Value logits)
    {
        GraphBuilder graph = context.Graph;
        Value gate = graph.Sigmoid(logits);
        double eps = context.Config.HcEps;
        return graph.Reshape(eps == 0 ? gate : graph.Add(gate, graph.Scalar((float)eps)), 0, 1, context.Config.HcMult);
    }

    // vec(X) r with r = 1 / sqrt(mean(vec(X)²) + rms_norm_eps), [T, nC].
    private static Value AllStreams(GraphContext context, Value streams) => Normalized(context, streams, context.Config.HcMult * context.Config.HiddenSize);
}
