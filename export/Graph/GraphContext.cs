using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Onnx;
using MhcPipeline.Export.Weights;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Graph;

/// <summary>What the parts of a model need to add themselves to the graph.</summary>
/// <param name="Graph">The graph being built.</param>
/// <param name="Config">The model's configuration.</param>
/// <param name="Weights">The checkpoint.</param>
/// <param name="Folds">What is folded.</param>
internal sealed record GraphContext(GraphBuilder Graph, ModelConfig Config, ModelWeights Weights, FoldPlan Folds)
{
    /// <summary>What Sinkhorn-Knopp is given at every site that has it, [T, n·n], by the site's name: calibration looks at it.</summary>
    public Dictionary<string, Value> SinkhornLogits { get; } = new(StringComparer.Ordinal);

    /// <summary>How the matrices of sublayers are stored and multiplied.</summary>
    public IWeightFormat Format { get; init; } = new Float32Format();

    /// <summary>A float32 tensor of the checkpoint as a weight of the graph, whatever the precision: norms and the mixing.</summary>
    public Value Weight(string name) => Graph.Weight(Weights.Tensor(name));

    /// <summary>x · matrixᵀ with a matrix [out, in] of the checkpoint, in the export's precision: projections and the output matrix.</summary>
    public Value Linear(Value x, WeightTensor matrix) => Format.Linear(Graph, x, matrix);

    /// <summary>From the streams' type to that in which sublayers compute.</summary>
    public Value Narrow(Value x) => Format.Activations == Format.Streams ? x : Graph.Cast(x, Format.Activations);

    /// <summary>From the type in which sublayers compute to the streams'.</summary>
    public Value ToStreams(Value x) => Format.Activations == Format.Streams ? x : Graph.Cast(x, Format.Streams);

    /// <summary>From the type in which sublayers compute to float32.</summary>
    public Value Widen(Value x) => Format.Activations == DataType.Float ? x : Graph.Cast(x, DataType.Float);
}
