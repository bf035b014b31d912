using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// One pass over the streams between two sublayers: the write of the site before (post and residual mix, arXiv 2512.24880, equation 3)
/// and the read of the site behind (norm, product with fn, coefficients and pre sum, equations 7 and 8), tile by tile while the streams
/// are in the cache. The first site has the embedding in place of a write, the head has a read whose streams nobody needs afterwards.
/// </summary>
/// <remarks>
/// Tensors are dense and row-major; coefficients and products have tokens last, so that a vector holds as many tokens. Every method may
/// run on several threads and gives the same numbers on any number of them.
/// </remarks>
public static unsafe class SiteKernel
{
    /// <summary>The forward pass.</summary>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="before">What stands before the read.</param>
    /// <param name="parameters">Of the site that reads.</param>
    /// <param name="streams">X' [T,n,C], written; null where nobody needs it (the head).</param>
    /// <param name="products">X' . fn^T before the norm [Rows, T, Groups], written.</param>
    /// <param name="roots">1 / sqrt(mean(f^2) + eps) [T, Groups], written.</param>
    /// <param name="writing">post (n) and comb (n*n) for the next write [WritingRows, T], written; null for the head.</param>
    /// <param name="input">u [T,C], written.</param>
    public static void Forward(
        SiteMap map, SiteShape shape, Before before, SiteParameters parameters, float* streams, float* products, float* roots, float* writing, float* input)
    {
        bool hosted = KernelThreads.Host.ParallelFor != null;
        int parts = hosted ? shape.HostedParts : shape.Parts;
        var job = new SiteForward(map, shape, before, parameters)
        {
            Streams = streams,
            Products = products,
            Roots = roots,
            Writing = writing,
            Input = input,
            Parts = parts,
            RowParts = hosted && parts == 1 && !parameters.Summed ? SiteShape.HostedRowParts(map.Rows, shape.Flat / map.Groups) : 1,
        };
        LanesJobs.Run(job, parts);
    }

    /// <summary>The backward pass.</summary>
    /// <param name="map">Of the site that reads.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="before">As for the forward pass.</param>
    /// <param name="parameters">Likewise.</param>
    /// <param name="streams">X' as the forward pass left it, or null: it is then computed again.</param>
    /// <param name="products">As the forward pass left them.</param>
    /// <param name="roots">Likewise.</param>
    /// <param name="gradients">What came back, and where results go.</param>
    public static void Backward(
        SiteMap map, SiteShape shape, Before before, SiteParameters parameters, float* streams, float* products, float* roots, SiteGradients gradients)
    {
        var job = new SiteBackward(map, shape, before, parameters) { Streams = streams, Products = products, Roots = roots, Gradients = gradients };
        job.Prepare();
        LanesJobs.Run(job, shape.Parts);
        job.AddUp();
    }

    /// <summary>The write alone: X'_j = post_j F + sum_i comb[i,j] X_i.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="before">Streams, output and coefficients.</param>
    /// <param name="streams">X' [T,n,C], written.</param>
    public static void Write(SiteShape shape, Before before, float* streams)
    {
        var job = new WriteJob { Shape = shape, Before = before, Streams = streams };
        LanesJobs.Run(job, shape.Parts);
    }

    private struct WriteJob : ILanesJob
    {
        public SiteShape Shape;
        public Before Before;
        public float* Streams;

        public readonly void Run<V>(int part)
            where V : unmanaged, ILanes<V>
        {
            // Results larger than the caches go past them: that saves reading the lines that are about to be overwritten.
            bool past = (long)Shape.Tokens * Shape.Flat > 8 << 20 && Shape.Width % V.Count == 0 && (nint)Streams % (V.Count * sizeof(float)) == 0;
            int first = Shape.Start(part, Shape.Parts);
            Before.Streams<V>(Shape, first, Shape.End(part, Shape.Parts), Streams + ((nint)first * Shape.Flat), past);
        }
    }
}
