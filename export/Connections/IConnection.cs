using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>
/// How sublayers join the residual streams. The streams' form is the connection's own affair: the model hands them from
/// one site to the next. A new connection is one class, and one line in <see cref="ConnectionRegistry"/>.
/// </summary>
internal interface IConnection
{
    /// <summary>hc_connection in config.json.</summary>
    string Name { get; }

    /// <summary>The tensors that it has in the checkpoint.</summary>
    IEnumerable<TensorSpec> Tensors(ModelConfig config);

    /// <summary>Every map of its mixing, with the tensors that it is computed with.</summary>
    IEnumerable<(MapTensors Tensors, MapRows Rows)> AllMaps(ModelConfig config);

    /// <summary>From the embedding [T, C] to the streams.</summary>
    Streams Expand(GraphContext context, Value embedding);

    /// <summary>Adds what comes before a sublayer.</summary>
    /// <param name="context">The model.</param>
    /// <param name="streams">The streams.</param>
    /// <param name="name">Start of the names of the site's tensors, such as <c>model.layers.0.attn_hc</c>.</param>
    Site Enter(GraphContext context, Streams streams, string name);

    /// <summary>From the last streams to what the final norm is given, [T, C].</summary>
    Value Collapse(GraphContext context, Streams streams);
}
