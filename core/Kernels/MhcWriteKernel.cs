namespace MhcPipeline.Core.Kernels;

/// <summary>
/// The second half of a site: X'_j = post_j F(u) + sum_i comb[i,j] X_i (arXiv 2512.24880, equation 3, with H_res = comb^T), in one
/// pass over X and X'. Coefficients are those of <see cref="MhcReadKernel"/>: [K,T], rows pre, post, comb.
/// </summary>
public static unsafe class MhcWriteKernel
{
    /// <summary>The forward pass.</summary>
    /// <param name="streams">X [T,n,C].</param>
    /// <param name="coefficients">[K,T].</param>
    /// <param name="output">F(u) [T,C].</param>
    /// <param name="n">Number of streams.</param>
    /// <param name="written">X' [T,n,C], written.</param>
    public static void Forward(ReadOnlySpan<float> streams, ReadOnlySpan<float> coefficients, ReadOnlySpan<float> output, int n, Span<float> written)
    {
        int tokens = coefficients.Length / ((2 + n) * n), width = output.Length / tokens;
        fixed (float* x0 = streams, q0 = coefficients, f0 = output, y0 = written)
        {
            float* x = x0, q = q0, f = f0, y = y0;
            TokenChunks.Run(tokens, (_, first, end) =>
            {
                for (int t = first; t < end; t++)
                {
                    float* from = x + ((nint)t * n * width);
                    float* to = y + ((nint)t * n * width);
                    for (int j = 0; j < n; j++) // column j of comb: stride n rows
                        Rows.Combine(to + (j * width), q[((nint)(n + j) * tokens) + t], f + ((nint)t * width), q + ((nint)((2 * n) + j) * tokens) + t, (nint)n * tokens, from, n, width);
                }
            });
        }
    }

    /// <summary>The backward pass.</summary>
    /// <param name="streams">X [T,n,C].</param>
    /// <param name="coefficients">[K,T].</param>
    /// <param name="output">F(u) [T,C].</param>
    /// <param name="n">Number of streams.</param>
    /// <param name="writtenGradient">Of X' [T,n,C].</param>
    /// <param name="streamsGradient">[T,n,C], written.</param>
    /// <param name="coefficientsGradient">[K,T], written; that of pre is 0.</param>
    /// <param name="outputGradient">[T,C], written.</param>
    public static void Backward(
        ReadOnlySpan<float> streams, ReadOnlySpan<float> coefficients, ReadOnlySpan<float> output, int n, ReadOnlySpan<float> writtenGradient,
        Span<float> streamsGradient, Span<float> coefficientsGradient, Span<float> outputGradient)
    {
        int tokens = coefficients.Length / ((2 + n) * n), width = output.Length / tokens;
        coefficientsGradient[..(n * tokens)].Clear();
        fixed (float* x0 = streams, q0 = coefficients, f0 = output, gy0 = writtenGradient, gx0 = streamsGradient, gq0 = coefficientsGradient, gf0 = outputGradient)
        {
            float* x = x0, q = q0, f = f0, gy = gy0, gx = gx0, gq = gq0, gf = gf0;
            TokenChunks.Run(tokens, (_, first, end) =>
            {
                for (int t = first; t < end; t++)
                {
                    float* from = x + ((nint)t * n * width);
                    float* gradient = gy + ((nint)t * n * width);
                    float* sublayer = f + ((nint)t * width);
                    Rows.Combine(gf + ((nint)t * width), 0, null, q + ((nint)n * tokens) + t, tokens, gradient, n, width); // sum_j post_j dX'_j
                    for (int i = 0; i < n; i++)
                    {
                        gq[((nint)(n + i) * tokens) + t] = Rows.Dot(gradient + (i * width), sublayer, width);
                        nint row = ((nint)((2 * n) + (i * n)) * tokens) + t; // comb[i,0]
                        Rows.Combine(gx + (((nint)t * n) + i) * width, 0, null, q + row, tokens, gradient, n, width); // sum_j comb[i,j] dX'_j
                        for (int j = 0; j < n; j++)
                            gq[row + ((nint)j * tokens)] = Rows.Dot(from + (i * width), gradient + (j * width), width);
                    }
                }
            });
        }
    }
}
