using MhcPipeline.Core;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>
/// Hyper-connections in general (arXiv 2409.19606), with ai.onnx operators: n streams [T, n, C]; a site reads
/// u = Σ pre_i X_i and leaves X' = H_res X + post ⊗ F(u). All coefficients are float32.
/// </summary>
internal abstract class StreamConnection : IConnection
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public IEnumerable<TensorSpec> Tensors(ModelConfig config)
    {
        IEnumerable<string> sites = Enumerable.Range(0, config.NumHiddenLayers).SelectMany(i => new[] { $"{DecoderTensors.Layer(i)}.attn_hc", $"{DecoderTensors.Layer(i)}.ffn_hc" });
        return sites.SelectMany(site => SiteTensors(config, site)).Concat(HeadTensors(config));
    }

    /// <inheritdoc/>
    public Streams Expand(GraphContext context, Value embedding)
    {
        Value one = context.Graph.Reshape(embedding, 0, 1, context.Config.HiddenSize); // [T, 1, C]
        return new(context.Graph.Node("Expand", [one, context.Graph.Integers(1, context.Config.HcMult, 1)])); // every stream starts as the embedding
    }

    /// <inheritdoc/>
    public Site Enter(GraphContext context, Streams streams, string name)
    {
        GraphBuilder graph = context.Graph;
        Value x = streams.Source; // [T, n, C]
        SiteMaps maps = Maps(context, x, name);
        return new Site(WeightedSum(context, maps.Pre, x), output =>
        {
            Value kept = maps.Mixing is { } mixing ? graph.MatMul(mixing, x) : x; // [T, n, C]
            Value added = graph.Mul(maps.Post, graph.Reshape(output, 0, 1, context.Config.HiddenSize)); // [T, n, C]
            return new(graph.Add(kept, added));
        });
    }

    /// <inheritdoc/>
    public Value Collapse(GraphContext context, Streams streams) => Collapse(context, streams.Source);

    /// <summary>From the last streams [T, n, C] to what the final norm is given, [T, C].</summary>
    protected abstract Value Collapse(GraphContext context, Value streams);

    /// <summary>The tensors of one site; their names start with <paramref name="site"/>.</summary>
    protected abstract IEnumerable<TensorSpec> SiteTensors(ModelConfig config, string site);

    /// <summary>The tensors of what joins the streams at the end.</summary>
    protected abstract IEnumerable<TensorSpec> HeadTensors(ModelConfig config);

    /// <summary>Adds the coefficients of a site.</summary>
    protected abstract SiteMaps Maps(GraphContext context, Value streams, string name);

    /// <summary>Σ_i weights_i X_i: [T, 1, n] and [T, n, C] to [T, C].</summary>
    protected static Value WeightedSum(GraphContext context, Value weights, Value streams) =>
        context.Graph.Reshape(context.Graph.MatMul(weights, streams), -1, context.Config.HiddenSize);

    /// <summary>Rows of <paramref name="width"/> elements, each divided by its root mean square: [-1, width], an RMSNorm without weights.</summary>
    protected static Value Normalized(GraphContext context, Value streams, int width)
    {
        var ones = new float[width];
        Array.Fill(ones, 1f);
        return context.Graph.RmsNorm(context.Graph.Reshape(streams, -1, width), context.Graph.Constant(ones, width), context.Config.RmsNormEps);
    }
}
