using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
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
    public IEnumerable<TensorSpec> Tensors(ModelConfig config) =>
        DecoderTensors.Sites(config).SelectMany(site => SiteTensors(config, site)).Concat(HeadTensors(config));

    /// <inheritdoc/>
    public IEnumerable<(MapTensors Tensors, MapRows Rows)> AllMaps(ModelConfig config) =>
        DecoderTensors.Sites(config).SelectMany(site => SiteRows(config).Select(map => (MapTensors.Site(site), map)))
            .Concat(HeadRows(config).Select(map => (MapTensors.Head, map)));

    /// <inheritdoc/>
    public Streams Expand(GraphContext context, Value embedding)
    {
        if (context.Folds.Has<EqualStreams>())
            return new(embedding); // the first site takes it as it is
        Value one = context.Graph.Reshape(embedding, 0, 1, context.Config.HiddenSize); // [T, 1, C]
        return new(context.Graph.Node("Expand", [one, context.Graph.Integers(1, context.Config.HcMult, 1)])); // every stream starts as the embedding
    }

    /// <inheritdoc/>
    public Site Enter(GraphContext context, Streams streams, string name)
    {
        GraphBuilder graph = context.Graph;
        Value x = streams.Source; // [T, n, C]
        bool equal = EqualStreams.At(context, name);
        SiteMaps maps = Maps(context, x, name, equal);
        if (equal)
            return EqualStreams.Enter(context, x, maps);
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

    /// <summary>The maps of a site.</summary>
    public abstract IReadOnlyList<MapRows> SiteRows(ModelConfig config);

    /// <summary>The maps of the head.</summary>
    public abstract IReadOnlyList<MapRows> HeadRows(ModelConfig config);

    /// <summary>Adds the coefficients of a site.</summary>
    /// <param name="context">The model.</param>
    /// <param name="streams">[T, n, C], or the embedding [T, C] where all streams are equal.</param>
    /// <param name="name">Start of the names of the site's tensors.</param>
    /// <param name="equal">All streams are equal: columns of a comb that sum to 1 need no mixing.</param>
    protected abstract SiteMaps Maps(GraphContext context, Value streams, string name, bool equal);

    /// <summary>Σ_i weights_i X_i: [T, 1, n] and [T, n, C] to [T, C].</summary>
    protected static Value WeightedSum(GraphContext context, Value weights, Value streams) =>
        context.Graph.Reshape(context.Graph.MatMul(weights, streams), -1, context.Config.HiddenSize);
}
