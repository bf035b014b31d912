using MhcPipeline.Core.Kernels;
using MhcPipeline.Train.Functions;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// Manifold-constrained hyper-connections (arXiv 2512.24880, section 4) as tensor operations: the reference that faster
/// implementations are checked against. Coefficients are float32 whatever the streams' type is.
/// </summary>
public static class MhcComposed
{
    /// <summary>The coefficients of a site, from the streams themselves (arXiv 2512.24880, equations 7 and 8).</summary>
    /// <param name="streams">X [B,S,n,C].</param>
    /// <param name="fn">[(2+n)n, nC]; rows: pre (n), post (n), comb (n*n, row-major).</param>
    /// <param name="bias">[(2+n)n], called <c>base</c> in checkpoints.</param>
    /// <param name="scale">[3], of pre, post and comb.</param>
    /// <param name="options">The constants.</param>
    public static MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale, MhcOptions options)
    {
        int n = options.Streams;

        // Tokens go last from here on, so that the many small steps on n or n*n coefficients run along contiguous memory.
        Tensor m = Project(streams, fn, options); // [(2+n)n, T]
        (Tensor pre, Tensor post) = Gates(m, bias, scale, options); // [n,T]
        Tensor logits = m.narrow(0, 2 * n, n * n) * scale[2] + bias.narrow(0, 2 * n, n * n).unsqueeze(1); // [n*n,T]
        Tensor comb = Sinkhorn(logits.view(n, n, -1), options); // [n,n,T]

        return Shape(streams, pre, post, comb.view(n * n, -1));
    }

    /// <summary>The sublayer's input: u = sum_i pre_i X_i.</summary>
    /// <param name="streams">[B,S,n,C].</param>
    /// <param name="pre">[B,S,n].</param>
    /// <returns>[B,S,C], in the streams' type.</returns>
    public static Tensor Read(Tensor streams, Tensor pre) => (streams * pre.unsqueeze(-1)).sum([-2L]).to_type(streams.dtype);

    /// <summary>The new streams: X'_j = post_j F(u) + sum_i comb[i,j] X_i.</summary>
    /// <param name="streams">X [B,S,n,C].</param>
    /// <param name="coefficients">Of the same site.</param>
    /// <param name="output">F(u) [B,S,C].</param>
    /// <returns>[B,S,n,C], in the streams' type; sums are float32.</returns>
    public static Tensor Write(Tensor streams, MixingCoefficients coefficients, Tensor output)
    {
        Tensor written = coefficients.Post.unsqueeze(-1) * output.unsqueeze(-2), wide = streams.Widen(); // [B,S,n,C]
        for (int i = 0; i < streams.shape[2]; i++) // one pass a stream: a product over all i and j at once would take n times the memory
            written = written.addcmul(coefficients.Comb.select(2, i).unsqueeze(-1), wide.narrow(2, i, 1), 1);
        return written.to_type(streams.dtype);
    }

    /// <summary>The head's weights of the streams: sigmoid((f . fn^T) r scale + base) + eps.</summary>
    /// <param name="streams">[B,S,n,C].</param>
    /// <param name="fn">[n, nC].</param>
    /// <param name="bias">[n].</param>
    /// <param name="scale">[1].</param>
    /// <param name="options">The constants.</param>
    /// <returns>[B,S,n]; <see cref="Read"/> applies them.</returns>
    public static Tensor HeadMix(Tensor streams, Tensor fn, Tensor bias, Tensor scale, MhcOptions options)
    {
        Tensor m = Project(streams, fn, options); // [n,T]
        return ((m * scale + bias.unsqueeze(1)).sigmoid() + options.Eps).t().contiguous().view(streams.shape[0], streams.shape[1], options.Streams);
    }

    /// <summary>Sinkhorn-Knopp: makes exp(logits) doubly stochastic by turns of row and column normalisation, columns last.</summary>
    /// <param name="logits">[n,n,T], tokens last.</param>
    /// <param name="options">Iterations and eps.</param>
    /// <returns>[n,n,T]. With eps 0 all of it runs on logarithms, since a column of a sharp matrix may underflow to zeros.</returns>
    public static Tensor Sinkhorn(Tensor logits, MhcOptions options)
    {
        if (options.Eps == 0)
        {
            for (int i = 0; i < options.Iterations; i++)
                logits = logits.log_softmax(1).log_softmax(0);
            return logits.exp();
        }
        Tensor comb = logits.softmax(1) + options.Eps;
        comb = comb / (comb.sum([0L], keepdim: true) + options.Eps);
        for (int i = 1; i < options.Iterations; i++)
        {
            comb = comb / (comb.sum([1L], keepdim: true) + options.Eps);
            comb = comb / (comb.sum([0L], keepdim: true) + options.Eps);
        }
        return comb;
    }

    /// <summary>m = (f . fn^T) r [rows,T], transposed: the norm's scale is applied to the product, which is (2+n)/C of the streams' size.</summary>
    internal static Tensor Project(Tensor streams, Tensor fn, MhcOptions options)
    {
        Tensor f = streams.to_type(ScalarType.Float32).reshape(-1, fn.shape[1]); // [T,nC]
        return fn.matmul(f.t()) * RmsNorm.InverseRoot(f, options.NormEps).t(); // [rows,T]
    }

    /// <summary>pre and post, [n,T] each, from the first 2n rows of m and of base.</summary>
    internal static (Tensor Pre, Tensor Post) Gates(Tensor m, Tensor bias, Tensor scale, MhcOptions options)
    {
        int n = options.Streams;
        return (
            (m.narrow(0, 0, n) * scale[0] + bias.narrow(0, 0, n).unsqueeze(1)).sigmoid() + options.Eps,
            (m.narrow(0, n, n) * scale[1] + bias.narrow(0, n, n).unsqueeze(1)).sigmoid() * 2);
    }

    /// <summary>From pre and post [n,T] and comb [n*n,T] to the coefficients, tokens first.</summary>
    internal static MixingCoefficients Shape(Tensor streams, Tensor pre, Tensor post, Tensor comb)
    {
        long batch = streams.shape[0], sequence = streams.shape[1], n = streams.shape[2];
        return new(
            pre.t().contiguous().view(batch, sequence, n),
            post.t().contiguous().view(batch, sequence, n),
            comb.t().contiguous().view(batch, sequence, n, n));
    }
}
