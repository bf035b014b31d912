using System.Runtime.InteropServices;
using Google.Protobuf;
using MhcPipeline.Export.Onnx.Proto;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Onnx;

/// <summary>
/// Builds an ONNX graph node by node, in the order in which the nodes can run. Every node gives its outputs names of
/// their own: the scope ("layers.0.attn_hc") and the operator, so that the graph can be read in a viewer.
/// </summary>
internal sealed class GraphBuilder(string name)
{
    private readonly GraphProto _graph = new() { Name = name };
    private readonly Dictionary<string, WeightTensor> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<(DataType Type, string Shape, ByteString Bytes), Value> _constants = [];
    private string _scope = "";

    /// <summary>Names the nodes that follow after the part of the model that they belong to.</summary>
    public void Scope(string scope) => _scope = scope;

    /// <summary>Adds a graph input.</summary>
    public Value Input(string name, DataType type, params ReadOnlySpan<Dimension> shape)
    {
        _graph.Input.Add(Describe(name, type, shape));
        return new Value(name);
    }

    /// <summary>Adds an int64 input [count] that callers may leave out: it has the values then (ONNX's overridable initializer).</summary>
    public Value OptionalInput(string name, params ReadOnlySpan<long> values)
    {
        Input(name, DataType.Int64, values.Length);
        _graph.Initializer.Add(new TensorProto { Name = name, DataType = DataType.Int64, Dims = { values.Length }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) });
        return new Value(name);
    }

    /// <summary>Makes <paramref name="value"/>, which must have been named so by its node, a graph output.</summary>
    public void Output(Value value, DataType type, params ReadOnlySpan<Dimension> shape) =>
        _graph.Output.Add(Describe(value.Name, type, shape));

    /// <summary>A tensor of the external data file; asked for again under the same name, it is the same tensor.</summary>
    public Value Weight(WeightTensor weight)
    {
        _weights.TryAdd(weight.Name, weight);
        return new Value(weight.Name);
    }

    /// <summary>A small float32 constant kept inside the graph; equal constants are one.</summary>
    public Value Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Constant(DataType.Float, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A small int64 constant kept inside the graph; equal constants are one.</summary>
    public Value Constant(ReadOnlySpan<long> values, params ReadOnlySpan<long> shape) =>
        Constant(DataType.Int64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A one-dimensional int64 constant: a shape, axes, split sizes.</summary>
    public Value Integers(params ReadOnlySpan<long> values) => Constant(values, values.Length);

    /// <summary>A vector of ones in float32, float16 or bfloat16.</summary>
    public Value Ones(DataType type, int width)
    {
        if (type == DataType.Float)
        {
            var ones = new float[width];
            Array.Fill(ones, 1f);
            return Constant(ones, width);
        }
        var halves = new ushort[width];
        Array.Fill(halves, type == DataType.Float16 ? (ushort)0x3c00 : (ushort)0x3f80);
        return Constant(type, MemoryMarshal.AsBytes(halves.AsSpan()), [width]);
    }

    /// <summary>A float32 constant without dimensions.</summary>
    public Value Scalar(float value) => Constant([value], []);

    /// <summary>Adds a node with one output.</summary>
    public Value Node(string operation, ReadOnlySpan<Value> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Node("", operation, inputs, [Fresh(operation)], attributes)[0];

    /// <summary>Adds a node of any domain with the outputs named.</summary>
    public Value[] Node(string domain, string operation, ReadOnlySpan<Value> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var node = new NodeProto { Name = outputs[0].Contains('/') ? outputs[0] : $"{_scope}/{outputs[0]}", OpType = operation, Domain = domain };
        foreach (Value input in inputs)
            node.Input.Add(input.Name);
        foreach (string output in outputs)
            node.Output.Add(output);
        foreach (AttributeProto attribute in attributes)
            node.Attribute.Add(attribute);
        _graph.Node.Add(node);
        return [.. node.Output.Select(output => new Value(output))];
    }

    /// <summary>A name that no node has yet, made of the scope and the operator.</summary>
    public string Fresh(string operation)
    {
        string stem = _scope.Length == 0 ? operation : $"{_scope}/{operation}";
        int count = CollectionsMarshal.GetValueRefOrAddDefault(_used, stem, out _)++;
        return count == 0 ? stem : $"{stem}.{count}";
    }

    /// <summary>The graph as it stands.</summary>
    public OnnxGraph Build() => new(_graph, [.. _weights.Values]);

    private Value Constant(DataType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape)
    {
        var key = (type, string.Join(",", shape.ToArray()), ByteString.CopyFrom(bytes));
        if (_constants.TryGetValue(key, out Value known))
            return known;
        var tensor = new TensorProto { Name = $"constant.{_constants.Count}", DataType = type, RawData = key.Item3 };
        foreach (long dimension in shape)
            tensor.Dims.Add(dimension);
        _graph.Initializer.Add(tensor);
        return _constants[key] = new Value(tensor.Name);
    }

    private static ValueInfoProto Describe(string name, DataType type, ReadOnlySpan<Dimension> shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (Dimension dimension in shape)
        {
            dimensions.Dim.Add(dimension.Size is { } size
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension.Name });
        }
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = dimensions } },
        };
    }
}
