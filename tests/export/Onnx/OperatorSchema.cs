using static MhcPipeline.Export.Onnx.Proto.AttributeProto.Types;

namespace MhcPipeline.Export.Tests.Onnx;

/// <summary>What the definition of an operator says of its nodes: ai.onnx's of opset 23, com.microsoft's of version 1.</summary>
/// <param name="Inputs">Fewest and most inputs.</param>
/// <param name="Outputs">Fewest and most outputs.</param>
/// <param name="Attributes">The attributes that it knows, with their types.</param>
internal sealed record OperatorSchema((int Fewest, int Most) Inputs, (int Fewest, int Most) Outputs, IReadOnlyDictionary<string, AttributeType> Attributes)
{
    private const int Any = int.MaxValue;

    /// <summary>Inputs that are of one type of elements, which the output has too; null where types are the operator's own affair.</summary>
    public IReadOnlyList<int>? SameType { get; init; }

    /// <summary>Attributes that must be there.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>The operators, by domain and name.</summary>
    public static IReadOnlyDictionary<(string Domain, string Name), OperatorSchema> All { get; } = new Dictionary<(string, string), OperatorSchema>
    {
        [("", "Add")] = Same(2),
        [("", "Sub")] = Same(2),
        [("", "Mul")] = Same(2),
        [("", "Div")] = Same(2),
        [("", "MatMul")] = Same(2),
        [("", "Max")] = Of(1, Any) with { SameType = [0, 1] },
        [("", "Sigmoid")] = Same(1),
        [("", "Tanh")] = Same(1),
        [("", "Sqrt")] = Same(1),
        [("", "Identity")] = Same(1),
        [("", "Softmax")] = Same(1, ("axis", AttributeType.Int)),
        [("", "LogSoftmax")] = Same(1, ("axis", AttributeType.Int)),
        [("", "LpNormalization")] = Same(1, ("axis", AttributeType.Int), ("p", AttributeType.Int)),
        [("", "RMSNormalization")] = Same(2, ("axis", AttributeType.Int), ("epsilon", AttributeType.Float), ("stash_type", AttributeType.Int)),
        [("", "ReduceSum")] = Of(1, 2, ("keepdims", AttributeType.Int), ("noop_with_empty_axes", AttributeType.Int)) with { SameType = [0] },
        [("", "ReduceSumSquare")] = Of(1, 2, ("keepdims", AttributeType.Int), ("noop_with_empty_axes", AttributeType.Int)) with { SameType = [0] },
        [("", "Gemm")] = Of(2, 3, ("transA", AttributeType.Int), ("transB", AttributeType.Int), ("alpha", AttributeType.Float), ("beta", AttributeType.Float)) with { SameType = [0, 1, 2] },
        [("", "Reshape")] = Of(2, 2, ("allowzero", AttributeType.Int)) with { SameType = [0] },
        [("", "Expand")] = Of(2, 2) with { SameType = [0] },
        [("", "Transpose")] = Same(1, ("perm", AttributeType.Ints)),
        [("", "Gather")] = Of(2, 2, ("axis", AttributeType.Int)) with { SameType = [0] },
        [("", "Slice")] = Of(3, 5) with { SameType = [0] },
        [("", "Concat")] = Of(1, Any, ("axis", AttributeType.Int)) with { SameType = [0, 1], Required = ["axis"] },
        [("", "Range")] = Same(3),
        [("", "Split")] = Of(1, 2, ("axis", AttributeType.Int), ("num_outputs", AttributeType.Int)) with { Outputs = (1, Any), SameType = [0] },
        [("", "Shape")] = Of(1, 1, ("start", AttributeType.Int), ("end", AttributeType.Int)),
        [("", "Cast")] = Of(1, 1, ("to", AttributeType.Int), ("saturate", AttributeType.Int)) with { Required = ["to"] },
        [("com.microsoft", "GroupQueryAttention")] = Of(7, 14, ("num_heads", AttributeType.Int), ("kv_num_heads", AttributeType.Int), ("do_rotary", AttributeType.Int), ("rotary_interleaved", AttributeType.Int))
            with
        { Outputs = (3, 4), SameType = [0, 1, 2, 3, 4, 7, 8], Required = ["num_heads", "kv_num_heads"] },
        [("com.microsoft", "RotaryEmbedding")] = Of(4, 4, ("interleaved", AttributeType.Int)) with { SameType = [0, 2, 3] },
        [("com.microsoft", "MatMulNBits")] = Of(3, 6, ("K", AttributeType.Int), ("N", AttributeType.Int), ("bits", AttributeType.Int), ("block_size", AttributeType.Int), ("accuracy_level", AttributeType.Int))
            with
        { SameType = [0, 2], Required = ["K", "N", "block_size"] },
    };

    private static OperatorSchema Same(int inputs, params ReadOnlySpan<(string Name, AttributeType Type)> attributes) => Of(inputs, inputs, attributes) with { SameType = [.. Enumerable.Range(0, inputs)] };

    private static OperatorSchema Of(int fewest, int most, params ReadOnlySpan<(string Name, AttributeType Type)> attributes)
    {
        var known = new Dictionary<string, AttributeType>(StringComparer.Ordinal);
        foreach ((string name, AttributeType type) in attributes)
            known.Add(name, type);
        return new OperatorSchema((fewest, most), (1, 1), known);
    }
}
