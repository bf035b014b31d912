using MhcPipeline.Export.Onnx.Proto;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Weights;

/// <summary>
/// The type of every tensor of a graph, by the operators' own rules (ONNX's and ONNX Runtime's schemas), as far as exported graphs have them. Inputs that a
/// schema gives one type have one, else there is no such graph. Written without the exporter, and without a runtime: none takes bfloat16 on a CPU.
/// </summary>
internal sealed class EdgeTypes
{
    private readonly Dictionary<string, DataType> _types = new(StringComparer.Ordinal);

    public EdgeTypes(GraphProto graph)
    {
        foreach (TensorProto tensor in graph.Initializer)
            _types[tensor.Name] = tensor.DataType;
        foreach (ValueInfoProto input in graph.Input)
            _types[input.Name] = input.Type.TensorType.ElemType;
        foreach (NodeProto node in graph.Node)
        {
            DataType[] types = Outputs(node);
            for (int i = 0; i < node.Output.Count; i++)
                _types[node.Output[i]] = types[Math.Min(i, types.Length - 1)];
        }
        foreach (ValueInfoProto output in graph.Output)
            if (_types[output.Name] != output.Type.TensorType.ElemType)
                throw new InvalidOperationException($"{output.Name} is declared {output.Type.TensorType.ElemType} and is {_types[output.Name]}");
    }

    public DataType Of(string name) => _types[name];

    private DataType[] Outputs(NodeProto node) => node.OpType switch
    {
        "Shape" => [DataType.Int64],
        "Cast" => [(DataType)node.Attribute.Single(attribute => attribute.Name == "to").I],
        "Gather" or "Reshape" or "Slice" or "Split" or "Expand" or "ReduceSum" or "Transpose" or "Sigmoid" or "Tanh" or "Softmax" or "LogSoftmax" or "LpNormalization" or "Exp" or "Sqrt" => [Of(node.Input[0])],
        "GroupQueryAttention" => [Same(node, 0, 3, 4, 7, 8)],
        "Read" => [Of(node.Input[0]), DataType.Float],
        "WriteRead" => [Same(node, 0, 1), Same(node, 0, 1), DataType.Float],
        "End" => [Same(node, 0, 1)],
        _ => [Same(node, [.. Enumerable.Range(0, node.Input.Count)])], // arithmetic, Gemm, Concat, RMSNormalization on the CUDA provider
    };

    private DataType Same(NodeProto node, params int[] places)
    {
        DataType[] types = [.. places.Where(place => place < node.Input.Count && node.Input[place].Length > 0).Select(place => Of(node.Input[place])).Distinct()];
        return types.Length == 1 ? types[0] : throw new InvalidOperationException($"{node.OpType} {node.Name} has inputs of {string.Join(" and ", types)}");
    }
}
