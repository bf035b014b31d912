using MhcPipeline.Core;
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
    public Value Expand(GraphContext context, Value embedding) => embedding;

    /// <inheritdoc/>
    public Site Enter(GraphContext context, Value streams, string name) => new(streams, output => context.Graph.Add(streams, output));

    /// <inheritdoc/>
    public Value Collapse(GraphContext context, Value streams) => streams;
}
