using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>The plain residual stream of a Llama: x + F(x).</summary>
internal sealed class ResidualConnection : IConnection
{
    /// <inheritdoc/>
    public string Name => "residual";

    /// <inheritdoc/>
    public IEnumerable<TensorSpec> Tensors(ModelConfig config) => [];

    /// <inheritdoc/>
    public IEnumerable<(MapTensors Tensors, MapRows Rows)> AllMaps(ModelConfig config) => [];

    /// <inheritdoc/>
    public Streams Expand(GraphContext context, Value embedding) => new(embedding);

    /// <inheritdoc/>
    public Site Enter(GraphContext context, Streams streams, string name) => new(streams.Source, output => new(context.Graph.Add(streams.Source, output)));

    /// <inheritdoc/>
    public Value Collapse(GraphContext context, Streams streams) => streams.Source;
}
