using System.Runtime.Intrinsics;

namespace MhcPipeline.Core.Kernels;

/// <summary>
/// The first half of a site of manifold-constrained hyper-connections (arXiv 2512.24880, equations 7 and 8): from the streams X and the
/// products p = f . fn^T to the coefficients and the sublayer's input u = sum_i pre_i X_i, in one pass over X. Products and
/// coefficients have tokens last, [K,T] with K = (2+n)n, so that eight tokens are one vector. With K = n there is only pre: the head.
/// </summary>
public static unsafe class MhcReadKernel
{
    /// <summary>The forward pass.</summary>
    /// <param name="streams">X [T,n,C].</param>
    /// <param name="products">p [K,T].</param>
    /// <param name="bias">[K].</param>
    /// <param name="scale">[3], or [1] for the head.</param>
    /// <param name="options">The constants.</param>
    /// <param name="input">u [T,C], written.</param>
    /// <param name="coefficients">[K,T], written.</param>
    /// <param name="roots">r = 1 / sqrt(mean(f^2) + eps) [T], written.</param>
    public static void Forward(
        ReadOnlySpan<float> streams, ReadOnlySpan<float> products, ReadOnlySpan<float> bias, ReadOnlySpan<float> scale, MhcOptions options,
        Span<float> input, Span<float> coefficients, Span<float> roots)
    {
        int n = options.Streams, tokens = roots.Length, width = input.Length / tokens, k = bias.Length;
        fixed (float* x0 = streams, p0 = products, b0 = bias, s0 = scale, u0 = input, q0 = coefficients, r0 = roots)
        {
            float* x = x0, p = p0, b = b0, s = s0, u = u0, q = q0, r = r0; // fixed locals cannot be captured
            TokenChunks.Run(tokens, (_, first, end) =>
            {
                Span<Vector256<float>> m = stackalloc Vector256<float>[k];
                for (int t = first; t < end; t += SinkhornKernel.Lanes)
                {
                    int count = Math.Min(SinkhornKernel.Lanes, end - t);
                    for (int lane = 0; lane < count; lane++)
                    {
                        float* f = x + ((nint)(t + lane) * n * width);
                        r[t + lane] = (float)(1 / Math.Sqrt((Rows.Dot(f, f, n * width) / (double)(n * width)) + options.NormEps));
                    }
                    Vector256<float> root = Rows.Load(r + t, count);
                    for (int row = 0; row < k; row++)
                        m[row] = (Rows.Load(p + ((nint)row * tokens) + t, count) * root * Vector256.Create(s[Group(row, n)])) + Vector256.Create(b[row]);
                    Activate(m, options);
                    if (k > n)
                        SinkhornKernel.Forward(m[(2 * n)..], [], options);
                    for (int row = 0; row < k; row++)
                        Rows.Store(m[row], q + ((nint)row * tokens) + t, count);
                    for (int token = t; token < t + count; token++)
                        Rows.Combine(u + ((nint)token * width), 0, null, q + token, tokens, x + ((nint)token * n * width), n, width);
                }
            });
        }
    }

    /// <summary>The backward pass; the gradient of X lacks the product's part, which is a matrix product.</summary>
    /// <param name="streams">X [T,n,C].</param>
    /// <param name="products">p [K,T].</param>
    /// <param name="bias">[K].</param>
    /// <param name="scale">[3], or [1] for the head.</param>
    /// <param name="options">The constants.</param>
    /// <param name="roots">As <see cref="Forward"/> wrote them.</param>
    /// <param name="inputGradient">Of u [T,C].</param>
    /// <param name="coefficientsGradient">[K,T].</param>
    /// <param name="streamsGradient">[T,n,C], written.</param>
    /// <param name="productsGradient">[K,T], written.</param>
    /// <param name="biasGradient">[K], written.</param>
    /// <param name="scaleGradient">[3] or [1], written.</param>
    public static void Backward(
        ReadOnlySpan<float> streams, ReadOnlySpan<float> products, ReadOnlySpan<float> bias, ReadOnlySpan<float> scale, MhcOptions options, ReadOnlySpan<float> roots,
        ReadOnlySpan<float> inputGradient, ReadOnlySpan<float> coefficientsGradient,
        Span<float> streamsGradient, Span<float> productsGradient, Span<float> biasGradient, Span<float> scaleGradient)
    {
        int n = options.Streams, tokens = roots.Length, width = inputGradient.Length / tokens, k = bias.Length;
        // Per chunk: gradients of bias (K) and of scale by row (K), added up in the chunks' order afterwards.
        double[] partial = new double[TokenChunks.Count(tokens) * 2 * k];
        fixed (float* x0 = streams, p0 = products, b0 = bias, s0 = scale, r0 = roots, gu0 = inputGradient, gq0 = coefficientsGradient, gx0 = streamsGradient, gp0 = productsGradient)
        {
            float* x = x0, p = p0, b = b0, s = s0, r = r0, gu = gu0, gq = gq0, gx = gx0, gp = gp0;
            TokenChunks.Run(tokens, (chunk, first, end) =>
            {
                Span<Vector256<float>> m = stackalloc Vector256<float>[k], z = stackalloc Vector256<float>[k], g = stackalloc Vector256<float>[k];
                var tape = new Vector256<float>[k > n ? SinkhornKernel.TapeLength(options) : 0];
                float* lanes = stackalloc float[(n + 1) * SinkhornKernel.Lanes];
                Span<double> sums = partial.AsSpan(chunk * 2 * k, 2 * k);
                for (int t = first; t < end; t += SinkhornKernel.Lanes)
                {
                    int count = Math.Min(SinkhornKernel.Lanes, end - t);
                    Vector256<float> root = Rows.Load(r + t, count);
                    for (int row = 0; row < k; row++)
                    {
                        m[row] = Rows.Load(p + ((nint)row * tokens) + t, count) * root;
                        z[row] = (m[row] * Vector256.Create(s[Group(row, n)])) + Vector256.Create(b[row]);
                        g[row] = Rows.Load(gq + ((nint)row * tokens) + t, count);
                    }
                    Activate(z, options);
                    // Lanes beyond the last token have gradient 0 throughout, whatever their coefficients are.
                    for (int i = 0; i < n; i++)
                    {
                        for (int lane = 0; lane < SinkhornKernel.Lanes; lane++)
                            lanes[lane] = lane < count ? Rows.Dot(gu + ((nint)(t + lane) * width), x + (((nint)(t + lane) * n) + i) * width, width) : 0;
                        Vector256<float> open = z[i] - Vector256.Create((float)options.Eps);
                        g[i] = (g[i] + Vector256.Load(lanes)) * open * (Vector256<float>.One - open);
                    }
                    for (int i = n; i < Math.Min(k, 2 * n); i++)
                        g[i] *= z[i] * (Vector256<float>.One - (z[i] * Vector256.Create(0.5f))); // d(2 sigmoid) = 2 y/2 (1 - y/2)
                    if (k > n)
                    {
                        SinkhornKernel.Forward(z[(2 * n)..], tape, options);
                        SinkhornKernel.Backward(g[(2 * n)..], tape, options);
                    }

                    Vector256<float> rootGradient = default;
                    for (int row = 0; row < k; row++)
                    {
                        sums[row] += Vector256.Sum(g[row]);
                        sums[k + row] += Vector256.Sum(g[row] * m[row]);
                        Vector256<float> ofM = g[row] * Vector256.Create(s[Group(row, n)]);
                        rootGradient += ofM * Rows.Load(p + ((nint)row * tokens) + t, count);
                        Rows.Store(ofM * root, gp + ((nint)row * tokens) + t, count);
                    }
                    // r = (mean(f^2) + eps)^(-1/2): dr/df = -r^3 f / (nC)
                    (rootGradient * root * root * root * Vector256.Create(-1f / (n * width))).Store(lanes + (n * SinkhornKernel.Lanes));
                    for (int i = 0; i < n; i++)
                        (z[i]).Store(lanes + (i * SinkhornKernel.Lanes));
                    for (int lane = 0; lane < count; lane++)
                    {
                        float* f = x + ((nint)(t + lane) * n * width);
                        float* target = gx + ((nint)(t + lane) * n * width);
                        Rows.Scale(target, lanes[(n * SinkhornKernel.Lanes) + lane], f, n * width);
                        for (int i = 0; i < n; i++)
                            Rows.Add(target + (i * width), lanes[(i * SinkhornKernel.Lanes) + lane], gu + ((nint)(t + lane) * width), width);
                    }
                }
            });
        }
        AddUp(partial, biasGradient, scaleGradient, n);
    }

    /// <summary>Which scale a coefficient has: 0 pre, 1 post, 2 comb.</summary>
    private static int Group(int row, int n) => Math.Min(row / n, 2);

    /// <summary>Logits to pre and post; comb's stay logits.</summary>
    private static void Activate(Span<Vector256<float>> z, MhcOptions options)
    {
        int n = options.Streams;
        for (int i = 0; i < Math.Min(z.Length, 2 * n); i++)
        {
            Vector256<float> sigmoid = Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-z[i]));
            z[i] = i < n ? sigmoid + Vector256.Create((float)options.Eps) : sigmoid + sigmoid;
        }
    }

    private static void AddUp(double[] partial, Span<float> biasGradient, Span<float> scaleGradient, int n)
    {
        int k = biasGradient.Length;
        Span<double> scales = stackalloc double[3];
        for (int row = 0; row < k; row++)
        {
            double sum = 0;
            for (int at = row; at < partial.Length; at += 2 * k)
            {
                sum += partial[at];
                scales[Group(row, n)] += partial[at + k];
            }
            biasGradient[row] = (float)sum;
        }
        for (int group = 0; group < scaleGradient.Length; group++)
            scaleGradient[group] = (float)scales[group];
    }
}
