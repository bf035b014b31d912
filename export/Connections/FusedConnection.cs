using MhcPipeline.Core;
using MhcPipeline.Core.Operators;
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
    private const string HeadFn = "model.hc_head.hc_fn";

    /// <inheritdoc/>
    public string Name => connection.Name;

    /// <inheritdoc/>
    public IEnumerable<TensorSpec> Tensors(ModelConfig config) => connection.Tensors(config);

    /// <inheritdoc/>
    public Streams Expand(GraphContext context, Value embedding) => new(embedding);

    /// <inheritdoc/>
    public Site Enter(GraphContext context, Streams streams, string name)
    {
        Value[] parameters = [context.Weight($"{name}.fn"), context.Weight($"{name}.base"), context.Weight($"{name}.scale")];
        if (Written(streams) is not [_, ..] written)
        {
            Value[] read = Node(context, "Read", [streams.Source, .. parameters], "Input", "Writing");
            return new Site(read[0], output => new Streams(streams.Source, output, read[1]));
        }
        Value[] site = Node(context, "WriteRead", [.. written, .. parameters], "Input", "Streams", "Writing");
        return new Site(site[0], output => new Streams(site[1], output, site[2]));
    }

    /// <inheritdoc/>
    public Value Collapse(GraphContext context, Streams streams)
    {
        bool weighed = Tensors(context.Config).Any(tensor => tensor.Name == HeadFn);
        Value[] parameters = weighed ? [context.Weight(HeadFn), context.Weight("model.hc_head.hc_base"), context.Weight("model.hc_head.hc_scale")] : [];
        return Node(context, "End", [.. Written(streams), .. parameters], "Hidden")[0];
    }

    // Source, output and writing of the write that is still to come; nothing before the first sublayer.
    private static Value[] Written(Streams streams) =>
        streams is { Output: { } output, Writing: { } writing } ? [streams.Source, output, writing] : [];

    private Value[] Node(GraphContext context, string operation, ReadOnlySpan<Value> inputs, params ReadOnlySpan<string> outputs)
    {
        ModelConfig config = context.Config;
        string node = context.Graph.Fresh(operation);
        string[] names = [.. outputs.ToArray().Select(output => $"{node}/{output}")];
        return context.Graph.Node(MhcOperators.Domain, operation, inputs, names,
            Attributes.Text("connection", Name), Attributes.Int("streams", config.HcMult), Attributes.Int("sinkhorn_iterations", config.HcSinkhornIters),
            Attributes.Float("eps", config.HcEps), Attributes.Float("norm_eps", config.RmsNormEps));
    }
}
