using MhcPipeline.Export.Onnx;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Weights;

/// <summary>Weights as they were trained.</summary>
internal sealed class Float32Format : IWeightFormat
{
    /// <inheritdoc/>
    public DataType Activations => DataType.Float;

    /// <inheritdoc/>
    public Value Linear(GraphBuilder graph, Value x, WeightTensor matrix) => graph.Linear(x, graph.Weight(matrix));

    /// <inheritdoc/>
    public Value Rows(GraphBuilder graph, WeightTensor table, Value indices) => graph.Gather(graph.Weight(table), indices);

    /// <inheritdoc/>
    public Value Beside(GraphBuilder graph, WeightTensor tensor) => graph.Weight(tensor);
}
