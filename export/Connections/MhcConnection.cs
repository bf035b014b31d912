using MhcPipeline.Core;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>
/// Manifold-Constrained Hyper-Connections (arXiv 2512.24880) in the form of DeepSeek-V4, with ai.onnx operators.
/// The streams are [T, n, C]; all mixing coefficients are float32.
/// </summary>
internal sealed class MhcConnection : IConnection
{
    /// <inheritdoc/>
    public string Name => "mhc";

    /// <inheritdoc/>
    public IEnumerable<TensorSpec> Tensors(ModelConfig config)
    {
        int n = config.HcMult, flat = n * config.HiddenSize;
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            foreach (string site in new[] { "attn_hc", "ffn_hc" })
            {
                string name = $"{DecoderTensors.Layer(i)}.{site}";
                yield return new TensorSpec($"{name}.fn", (2 + n) * n, flat);
                yield return new TensorSpec($"{name}.base", (2 + n) * n);
                yield return new TensorSpec($"{name}.scale", 3);
            }
        }
        yield return new TensorSpec("model.hc_head.hc_fn", n, flat);
        yield return new TensorSpec("model.hc_head.hc_base", n);
        yield return new TensorSpec("model.hc_head.hc_scale", 1);
    }

    /// <inheritdoc/>
    public Value Expand(GraphContext context, Value embedding)
    {
        Value one = context.Graph.Reshape(embedding, 0, 1, context.Config.HiddenSize); // [T, 1, C]
        return context.Graph.Node("Expand", [one, context.Graph.Integers(1, context.Config.HcMult, 1)]); // every stream starts as the embedding
    }

    /// <inheritdoc/>
    public Site Enter(GraphContext context, Value streams, string name)
    {
        GraphBuilder graph = context.Graph;
        int n = context.Config.HcMult, hidden = context.Config.HiddenSize;
        double eps = context.Config.HcEps;

        // m = (f · fnᵀ) r; each of the three maps has a scale and a base of its own: one product and one sum for all of them.
        Value m = graph.Linear(Normalized(context, streams), context.Weight($"{name}.fn")); // [T, (2 + n) n]
        Value scale = graph.Weight(context.Weights.Repeated($"{name}.scale", n, n, n * n));
        m = graph.Add(graph.Mul(m, scale), context.Weight($"{name}.base"));
        Value[] maps = graph.Split(m, n, n, n * n);

        Value pre = AddEps(graph, graph.Sigmoid(maps[0]), eps); // [T, n]
        Value post = graph.Mul(graph.Sigmoid(maps[1]), graph.Scalar(2)); // [T, n]
        Value comb = Sinkhorn.Normalize(graph, maps[2], n, context.Config.HcSinkhornIters, eps); // [T, n, n]

        return new Site(WeightedSum(context, pre, streams), output =>
        {
            // X'_j = post_j F(u) + Σ_i comb[i, j] X_i: comb is consumed transposed.
            Value kept = graph.MatMul(graph.Transpose(comb, 0, 2, 1), streams); // [T, n, C]
            Value added = graph.Mul(graph.Reshape(post, 0, n, 1), graph.Reshape(output, 0, 1, hidden)); // [T, n, C]
            return graph.Add(kept, added);
        });
    }

    /// <inheritdoc/>
    public Value Collapse(GraphContext context, Value streams)
    {
        GraphBuilder graph = context.Graph;
        Value m = graph.Linear(Normalized(context, streams), context.Weight("model.hc_head.hc_fn")); // [T, n]
        Value affine = graph.Add(graph.Mul(m, context.Weight("model.hc_head.hc_scale")), context.Weight("model.hc_head.hc_base"));
        return WeightedSum(context, AddEps(graph, graph.Sigmoid(affine), context.Config.HcEps), streams);
    }

    // vec(X) r with r = 1 / sqrt(mean(vec(X)²) + rms_norm_eps), [T, nC]: an RMSNorm without weights.
    private static Value Normalized(GraphContext context, Value streams)
    {
        int flat = context.Config.HcMult * context.Config.HiddenSize;
        var ones = new float[flat];
        Array.Fill(ones, 1f);
        return context.Graph.RmsNorm(context.Graph.Reshape(streams, -1, flat), context.Graph.Constant(ones, flat), context.Config.RmsNormEps);
    }

    // Σ_i weights_i X_i: [T, n] and [T, n, C] to [T, C].
    private static Value WeightedSum(GraphContext context, Value weights, Value streams)
    {
        GraphBuilder graph = context.Graph;
        Value sum = graph.MatMul(graph.Reshape(weights, 0, 1, context.Config.HcMult), streams); // [T, 1, C]
        return graph.Reshape(sum, -1, context.Config.HiddenSize);
    }

    private static Value AddEps(GraphBuilder graph, Value value, double eps) => eps == 0 ? value : graph.Add(value, graph.Scalar((float)eps));
}
