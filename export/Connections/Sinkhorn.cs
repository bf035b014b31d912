using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>
/// Sinkhorn-Knopp on each token's n × n mixing matrix, unrolled: softmax of the rows, + eps, columns divided by their
/// sum + eps, then (iterations - 1) times rows and columns likewise (design.md section 3).
/// </summary>
internal static class Sinkhorn
{
    // Below this eps is lost in float32: even an entry of 0 + eps, multiplied by a few ratios, leaves its range.
    private const double SmallestEps = 1e-30;

    /// <summary>From the logits [T, n·n] to the mixing matrices [T, n, n].</summary>
    public static Value Normalize(GraphBuilder graph, Value logits, int n, int iterations, double eps)
    {
        Value matrix = graph.Reshape(logits, -1, n, n);
        return eps < SmallestEps ? Exact(graph, matrix, iterations) : WithEps(graph, matrix, n, iterations, eps);
    }

    // Without eps a column of a sharp softmax can vanish in float32. So the first iteration is done on logarithms; from
    // then on all sums lie between 1/n² and n² (columns sum to 1, and each row's largest entry was at least 1/n), and
    // one operator a step divides by the sum. Entries that still underflow are too small to matter in any sum.
    private static Value Exact(GraphBuilder graph, Value matrix, int iterations)
    {
        matrix = graph.Softmax(graph.LogSoftmax(matrix, axis: 2), axis: 1);
        for (int i = 1; i < iterations; i++)
            matrix = graph.NormalizeL1(graph.NormalizeL1(matrix, axis: 2), axis: 1);
        return matrix;
    }

    // A matrix product with zeros and ones puts into every place the sum of its row (or column), eps comes with it as
    // the product's third operand, and a division follows: two operators a step, where sum, eps and division take three.
    private static Value WithEps(GraphBuilder graph, Value matrix, int n, int iterations, double eps)
    {
        Value rows = Sums(graph, n, (a, b) => a / n == b / n), columns = Sums(graph, n, (a, b) => a % n == b % n);
        Value constant = graph.Constant([(float)eps], 1);
        Value flat = graph.Add(graph.Reshape(graph.Softmax(matrix, axis: 2), -1, n * n), constant); // [T, n·n]
        flat = Divide(flat, columns);
        for (int i = 1; i < iterations; i++)
            flat = Divide(Divide(flat, rows), columns);
        return graph.Reshape(flat, -1, n, n);

        Value Divide(Value values, Value sums) => graph.Div(values, graph.Gemm(values, sums, constant));
    }

    private static Value Sums(GraphBuilder graph, int n, Func<int, int, bool> together)
    {
        int size = n * n;
        var ones = new float[size * size];
        for (int i = 0; i < ones.Length; i++)
            ones[i] = together(i / size, i % size) ? 1 : 0;
        return graph.Constant(ones, size, size);
    }
}
