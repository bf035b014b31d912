using MhcPipeline.Core;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Graph;

/// <summary>What the parts of a model need to add themselves to the graph.</summary>
/// <param name="Graph">The graph being built.</param>
/// <param name="Config">The model's configuration.</param>
/// <param name="Weights">The checkpoint.</param>
internal sealed record GraphContext(GraphBuilder Graph, ModelConfig Config, ModelWeights Weights)
{
    /// <summary>A tensor of the checkpoint as a weight of the graph.</summary>
    public Value Weight(string name) => Graph.Weight(Weights.Tensor(name));
}
