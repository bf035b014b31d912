using System.Runtime.Intrinsics;

namespace MhcPipeline.Core.Kernels;

/// <summary>
/// Sinkhorn-Knopp for eight tokens at once, one a lane: element [i,j] of the eight matrices is one vector, so that sums along rows
/// and columns are plain vector additions. A site's 20 iterations cost a few hundred cycles a token.
/// </summary>
public static class SinkhornKernel
{
    /// <summary>Tokens that one call works on.</summary>
    public const int Lanes = 8;

    /// <summary>Vectors that <see cref="Forward"/> leaves for <see cref="Backward"/>: each half step's result and reciprocal sums.</summary>
    public static int TapeLength(MhcOptions options) => 2 * options.Iterations * (options.Streams + 1) * options.Streams;

    /// <summary>Turns logits into doubly stochastic matrices: softmax of the rows, then columns, rows, columns, … in turn.</summary>
    /// <param name="matrix">[n*n]: logits in, comb out.</param>
    /// <param name="tape">[<see cref="TapeLength"/>], or empty when no gradient is wanted.</param>
    /// <param name="options">n, iterations and eps; eps 0 works on logarithms, since a column of a sharp matrix may underflow to zeros.</param>
    public static void Forward(Span<Vector256<float>> matrix, Span<Vector256<float>> tape, MhcOptions options)
    {
        int n = options.Streams, slot = (n + 1) * n;
        var eps = Vector256.Create((float)options.Eps);
        Span<Vector256<float>> reciprocals = stackalloc Vector256<float>[n];
        for (int half = 0; half < 2 * options.Iterations; half++)
        {
            for (int line = 0; line < n; line++)
            {
                (int start, int stride) = half % 2 == 0 ? (line * n, 1) : (line, n);
                if (options.Eps == 0)
                    LogNormalise(matrix, start, stride, n);
                else if (half == 0)
                    Softmax(matrix, start, n, eps);
                else
                    reciprocals[line] = Normalise(matrix, start, stride, n, eps);
            }
            if (tape.IsEmpty)
                continue;
            matrix.CopyTo(tape[(half * slot)..]);
            reciprocals.CopyTo(tape[((half * slot) + (n * n))..]);
        }
        if (options.Eps != 0)
            return;
        for (int k = 0; k < n * n; k++)
            matrix[k] = Vector256.Exp(matrix[k]);
    }

    /// <summary>The gradient of the logits from that of comb.</summary>
    /// <param name="gradient">[n*n]: of comb in, of the logits out.</param>
    /// <param name="tape">As <see cref="Forward"/> left it.</param>
    /// <param name="options">The same.</param>
    public static void Backward(Span<Vector256<float>> gradient, ReadOnlySpan<Vector256<float>> tape, MhcOptions options)
    {
        int n = options.Streams, slot = (n + 1) * n;
        var eps = Vector256.Create((float)options.Eps);
        bool logarithms = options.Eps == 0;
        for (int k = 0; k < n * n && logarithms; k++)
            gradient[k] *= Vector256.Exp(tape[(((2 * options.Iterations) - 1) * slot) + k]);
        for (int half = (2 * options.Iterations) - 1; half >= 0; half--)
        {
            ReadOnlySpan<Vector256<float>> result = tape.Slice(half * slot, n * n), reciprocals = tape.Slice((half * slot) + (n * n), n);
            for (int line = 0; line < n; line++)
            {
                (int start, int stride) = half % 2 == 0 ? (line * n, 1) : (line, n);
                Vector256<float> sum = default;
                if (logarithms)
                {
                    // y = x - log(sum exp x): dx = dy - exp(y) sum(dy)
                    for (int k = start; k < start + (n * stride); k += stride)
                        sum += gradient[k];
                    for (int k = start; k < start + (n * stride); k += stride)
                        gradient[k] -= Vector256.Exp(result[k]) * sum;
                }
                else if (half == 0)
                {
                    // y = softmax(x): dx = y (dy - sum(dy y)); the tape has y + eps
                    for (int k = start; k < start + n; k++)
                        sum += gradient[k] * (result[k] - eps);
                    for (int k = start; k < start + n; k++)
                        gradient[k] = (result[k] - eps) * (gradient[k] - sum);
                }
                else
                {
                    // y = x / (sum x + eps): dx = (dy - sum(dy y)) / (sum x + eps)
                    for (int k = start; k < start + (n * stride); k += stride)
                        sum += gradient[k] * result[k];
                    for (int k = start; k < start + (n * stride); k += stride)
                        gradient[k] = (gradient[k] - sum) * reciprocals[line];
                }
            }
        }
    }

    private static Vector256<float> Normalise(Span<Vector256<float>> matrix, int start, int stride, int n, Vector256<float> eps)
    {
        Vector256<float> sum = eps;
        for (int k = start; k < start + (n * stride); k += stride)
            sum += matrix[k];
        Vector256<float> reciprocal = Vector256<float>.One / sum;
        for (int k = start; k < start + (n * stride); k += stride)
            matrix[k] *= reciprocal;
        return reciprocal;
    }

    private static void Softmax(Span<Vector256<float>> matrix, int start, int n, Vector256<float> eps)
    {
        Vector256<float> highest = matrix[start], sum = default;
        for (int k = start + 1; k < start + n; k++)
            highest = Vector256.Max(highest, matrix[k]);
        for (int k = start; k < start + n; k++)
        {
            matrix[k] = Vector256.Exp(matrix[k] - highest);
            sum += matrix[k];
        }
        for (int k = start; k < start + n; k++)
            matrix[k] = (matrix[k] / sum) + eps;
    }

    private static void LogNormalise(Span<Vector256<float>> matrix, int start, int stride, int n)
    {
        Vector256<float> highest = matrix[start], sum = default;
        for (int k = start; k < start + (n * stride); k += stride)
            highest = Vector256.Max(highest, matrix[k]);
        for (int k = start; k < start + (n * stride); k += stride)
            sum += Vector256.Exp(matrix[k] - highest);
        highest += Vector256.Log(sum);
        for (int k = start; k < start + (n * stride); k += stride)
            matrix[k] -= highest;
    }
}
