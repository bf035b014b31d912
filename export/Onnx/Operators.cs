using MhcPipeline.Export.Onnx.Proto;

namespace MhcPipeline.Export.Onnx;

/// <summary>The operators that the exporter uses, as methods. All of them are ai.onnx's, except where said.</summary>
internal static class Operators
{
    public static Value Add(this GraphBuilder graph, Value a, Value b) => graph.Node("Add", [a, b]);

    public static Value Sub(this GraphBuilder graph, Value a, Value b) => graph.Node("Sub", [a, b]);

    public static Value Mul(this GraphBuilder graph, Value a, Value b) => graph.Node("Mul", [a, b]);

    public static Value Div(this GraphBuilder graph, Value a, Value b) => graph.Node("Div", [a, b]);

    public static Value Sigmoid(this GraphBuilder graph, Value a) => graph.Node("Sigmoid", [a]);

    public static Value Tanh(this GraphBuilder graph, Value a) => graph.Node("Tanh", [a]);

    /// <summary>The sum along an axis, which goes away.</summary>
    public static Value Sum(this GraphBuilder graph, Value a, int axis) => graph.Node("ReduceSum", [a, graph.Integers(axis)], Attributes.Int("keepdims", 0));

    public static Value MatMul(this GraphBuilder graph, Value a, Value b) => graph.Node("MatMul", [a, b]);

    /// <summary>alpha · x · weightᵀ + bias for x [T, in] and weight [out, in], the layout in which Hugging Face stores matrices.</summary>
    public static Value Linear(this GraphBuilder graph, Value x, Value weight, Value bias = default, double alpha = 1) => graph.Node("Gemm",
        string.IsNullOrEmpty(bias.Name) ? [x, weight] : [x, weight, bias],
        alpha == 1 ? [Attributes.Int("transB", 1)] : [Attributes.Int("transB", 1), Attributes.Float("alpha", alpha)]);

    /// <summary>a · b + c for a [T, k] and b [k, m]; c is broadcast.</summary>
    public static Value Gemm(this GraphBuilder graph, Value a, Value b, Value c) => graph.Node("Gemm", [a, b, c]);

    /// <summary>The same elements in another shape; -1 stands for what remains, 0 for the dimension that stands there.</summary>
    public static Value Reshape(this GraphBuilder graph, Value a, params ReadOnlySpan<long> shape) =>
        graph.Node("Reshape", [a, graph.Integers(shape)]);

    /// <summary>The same elements in a shape that is computed at run time.</summary>
    public static Value Reshape(this GraphBuilder graph, Value a, Value shape) => graph.Node("Reshape", [a, shape]);

    public static Value Transpose(this GraphBuilder graph, Value a, params ReadOnlySpan<long> permutation) =>
        graph.Node("Transpose", [a], Attributes.Ints("perm", permutation));

    public static Value Gather(this GraphBuilder graph, Value table, Value indices) =>
        graph.Node("Gather", [table, indices], Attributes.Int("axis", 0));

    public static Value Softmax(this GraphBuilder graph, Value a, int axis) => graph.Node("Softmax", [a], Attributes.Int("axis", axis));

    public static Value LogSoftmax(this GraphBuilder graph, Value a, int axis) => graph.Node("LogSoftmax", [a], Attributes.Int("axis", axis));

    /// <summary>a divided by its sum of absolute values along an axis.</summary>
    public static Value NormalizeL1(this GraphBuilder graph, Value a, int axis) =>
        graph.Node("LpNormalization", [a], Attributes.Int("axis", axis), Attributes.Int("p", 1));

    /// <summary>Cuts the last dimension into pieces of the given sizes.</summary>
    public static Value[] Split(this GraphBuilder graph, Value a, params ReadOnlySpan<long> sizes)
    {
        var outputs = new string[sizes.Length];
        for (int i = 0; i < outputs.Length; i++)
            outputs[i] = graph.Fresh("Split");
        return graph.Node("", "Split", [a, graph.Integers(sizes)], outputs, Attributes.Int("axis", -1));
    }

    public static Value Cast(this GraphBuilder graph, Value a, TensorProto.Types.DataType type) =>
        graph.Node("Cast", [a], Attributes.Int("to", (long)type));

    /// <summary>x / sqrt(mean(x²) + epsilon) · weight over the last dimension: RMSNorm.</summary>
    public static Value RmsNorm(this GraphBuilder graph, Value x, Value weight, double epsilon) =>
        graph.Node("RMSNormalization", [x, weight], Attributes.Int("axis", -1), Attributes.Float("epsilon", epsilon), Attributes.Int("stash_type", 1));

    /// <summary>x / sqrt(mean(x²) + epsilon) over the last dimension of [.., width]: an RMSNorm without weights.</summary>
    public static Value Normalize(this GraphBuilder graph, Value x, int width, double epsilon, TensorProto.Types.DataType type = TensorProto.Types.DataType.Float) =>
        graph.RmsNorm(x, graph.Ones(type, width), epsilon); // the operator insists on weights
}
