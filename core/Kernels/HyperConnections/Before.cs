using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// What makes the streams that a site reads: a write, X'_j = post_j F + sum_i comb[i,j] X_i, or the embedding in every stream. With both an
/// embedding and an <see cref="Output"/> (forward pass only), the write is to streams that are all the embedding.
/// </summary>
public readonly unsafe struct Before
{
    internal const int MaximumStreams = 8;

    /// <summary>The embedding [T,C], or null when the write is to <see cref="X"/>.</summary>
    public float* Embedding { get; init; }

    /// <summary>X [T,n,C].</summary>
    public float* X { get; init; }

    /// <summary>F(u) [T,C], or null when nothing is written.</summary>
    public float* Output { get; init; }

    /// <summary>False when comb is the identity.</summary>
    public bool Mixes { get; init; }

    /// <summary>post (n) and comb (n*n, where the write mixes), [rows, T].</summary>
    public float* Writing { get; init; }

    /// <summary>Rows of <see cref="Writing"/>.</summary>
    /// <param name="streams">n.</param>
    public int Rows(int streams) => Mixes ? streams * (streams + 1) : streams;

    /// <summary>The streams of tokens from first to end.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="first">First token.</param>
    /// <param name="end">Behind the last token.</param>
    /// <param name="target">[end - first, n, C], written.</param>
    /// <param name="past">True to write past the caches.</param>
    internal void Streams<V>(SiteShape shape, int first, int end, float* target, bool past)
        where V : unmanaged, ILanes<V>
    {
        int n = shape.Streams, width = shape.Width;
        float* q = stackalloc float[(MaximumStreams + 1) * MaximumStreams];
        for (int t = first; t < end; t++, target += shape.Flat)
        {
            if (Output == null)
            {
                for (int i = 0; i < n; i++)
                    Buffer.MemoryCopy(Embedding + ((nint)t * width), target + (i * width), width * sizeof(float), width * sizeof(float));
                continue;
            }
            Coefficients(shape, t, q);
            if (Embedding != null)
                StreamMixing.WriteEqual<V>(Embedding + ((nint)t * width), Output + ((nint)t * width), q, target, n, width, Mixes);
            else
                StreamMixing.Write<V>(X + ((nint)t * shape.Flat), Output + ((nint)t * width), q, target, n, width, Mixes, past);
        }
    }

    /// <summary>One token's post and comb.</summary>
    internal void Coefficients(SiteShape shape, int token, float* q)
    {
        for (int row = 0; row < Rows(shape.Streams); row++)
            q[row] = Writing[((nint)row * shape.Tokens) + token];
    }
}
