using MhcPipeline.Core;
using MhcPipeline.Core.Operators;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>
/// A connection with the operators of domain ai.mhc (docs/operators.md), of which there is one between two sublayers: leaving a site
/// adds nothing, entering the next writes and reads at once.
/// </summary>
/// <param name="connection">Which one: its name and tensors are taken over.</param>
internal sealed class FusedConnection(StreamConnection connection) : IConnection
{
    /// <inheritdoc/>
    public string Name => connection.Name;

    /// <inheritdoc/>
    public IEnumerable<TensorSpec> Tensors(ModelConfig config) => connection.Tensors(config);

    /// <inheritdoc/>
    public IEnumerable<(MapTensors Tensors, MapRows Rows)> AllMaps(ModelConfig config) => connection.AllMaps(config);

    /// <inheritdoc/>
    public Streams Expand(GraphContext context, Value embedding) => new(embedding);

    /// <inheritdoc/>
    public Site Enter(GraphContext context, Streams streams, string name)
    {
        Value[] parameters = Parameters(context, MapTensors.Site(name), connection.SiteRows(context.Config), EqualStreams.At(context, name));
        int iterations = SinkhornIterations.Of(context.Folds, name);
        if (Written(streams) is not [_, ..] written)
        {
            Value[] read = Node(context, "Read", iterations, [streams.Source, .. parameters], "Input", "Writing");
            return new Site(read[0], output => new Streams(streams.Source, output, read[1]));
        }
        Value[] site = Node(context, "WriteRead", iterations, [.. written, .. parameters], "Input", "Streams", "Writing");
        return new Site(site[0], output => new Streams(site[1], output, site[2]));
    }

    /// <inheritdoc/>
    public Value Collapse(GraphContext context, Streams streams)
    {
        IReadOnlyList<MapRows> rows = connection.HeadRows(context.Config);
        Value[] parameters = rows.Count > 0 ? Parameters(context, MapTensors.Head, rows, equal: false) : [];
        return Node(context, "End", context.Config.HcSinkhornIters, [.. Written(streams), .. parameters], "Hidden")[0];
    }

    // fn whole, base, and scale: ones where it is folded into fn.
    private static Value[] Parameters(GraphContext context, MapTensors tensors, IReadOnlyList<MapRows> rows, bool equal)
    {
        GraphBuilder graph = context.Graph;
        Value scale = context.Folds.Has<ScaleIntoFn>() ? graph.Constant([.. rows.Select(_ => 1f)], rows.Count) : context.Weight(tensors.Scale);
        return [graph.Weight(MapWeights.Fn(context, tensors, rows, equal)), context.Weight(tensors.Base), scale];
    }

    // Source, output and writing of the write that is still to come; nothing before the first sublayer.
    private static Value[] Written(Streams streams) =>
        streams is { Output: { } output, Writing: { } writing } ? [streams.Source, output, writing] : [];

    private Value[] Node(GraphContext context, string operation, int iterations, ReadOnlySpan<Value> inputs, params ReadOnlySpan<string> outputs)
    {
        ModelConfig config = context.Config;
        string node = context.Graph.Fresh(operation);
        string[] names = [.. outputs.ToArray().Select(output => $"{node}/{output}")];
        return context.Graph.Node(MhcOperators.Domain, operation, inputs, names,
            Attributes.Text("connection", Name), Attributes.Int("streams", config.HcMult), Attributes.Int("sinkhorn_iterations", iterations),
            Attributes.Float("eps", config.HcEps), Attributes.Float("norm_eps", config.RmsNormEps));
    }
}
