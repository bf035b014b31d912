using MhcPipeline.Export.Onnx.Proto;

namespace MhcPipeline.Export.Onnx;

/// <summary>A finished graph: the nodes with their small constants, and the weights that go to the external data file.</summary>
/// <param name="Graph">Nodes, constants, inputs and outputs.</param>
/// <param name="Weights">What the external data file holds, in the order it is written.</param>
internal sealed record OnnxGraph(GraphProto Graph, IReadOnlyList<WeightTensor> Weights)
{
    /// <summary>How many nodes of each operator there are, the most frequent first.</summary>
    public IReadOnlyDictionary<string, int> NodeCounts => Graph.Node
        .GroupBy(node => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}", StringComparer.Ordinal)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
}
