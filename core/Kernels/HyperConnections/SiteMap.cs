using MhcPipeline.Core.Kernels.Simd;

namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>
/// How one kind of connection turns the products of the streams with fn into a site's coefficients: pre (n), post (n) and comb (n*n,
/// row-major, consumed transposed). It works on as many tokens at once as a vector has lanes.
/// </summary>
public abstract unsafe class SiteMap
{
    /// <param name="streams">n, 1 to 8.</param>
    /// <param name="normEps">Added to the mean square of what is normed.</param>
    /// <exception cref="PipelineException">So many streams the kernels do not take.</exception>
    protected SiteMap(int streams, double normEps)
    {
        if (streams is < 1 or > Before.MaximumStreams) // kernels keep a token's coefficients in memory of fixed size
            throw new PipelineException($"n is {streams}; the kernels take 1 to {Before.MaximumStreams} streams.");
        (Streams, NormEps) = (streams, normEps);
    }

    /// <summary>n.</summary>
    public int Streams { get; }

    /// <summary>Added to the mean square of what is normed.</summary>
    public double NormEps { get; }

    /// <summary>What is normed and multiplied with fn: 1, all streams of a token as one vector of nC; or n, each stream by itself.</summary>
    public virtual int Groups => 1;

    /// <summary>Rows of fn, each nC / <see cref="Groups"/> wide.</summary>
    public abstract int Rows { get; }

    /// <summary>Elements of base.</summary>
    public abstract int Biases { get; }

    /// <summary>Elements of scale.</summary>
    public abstract int Scales { get; }

    /// <summary>True for a site, false for what ends the streams, which has only pre.</summary>
    public virtual bool Writes => true;

    /// <summary>False when H_res is the identity and has no coefficients.</summary>
    public virtual bool Mixes => Writes;

    /// <summary>Rows of the coefficients that writing needs: post, and comb if any.</summary>
    public int WritingRows => (Writes ? Streams : 0) + (Mixes ? Streams * Streams : 0);

    /// <summary>m to coefficients.</summary>
    /// <param name="m">Normed products, [Groups * Rows].</param>
    /// <param name="scale">[<see cref="Scales"/>].</param>
    /// <param name="bias">[<see cref="Biases"/>].</param>
    /// <param name="q">pre, post, comb, written.</param>
    internal abstract void Forward<V>(V* m, float* scale, float* bias, V* q)
        where V : unmanaged, ILanes<V>;

    /// <summary>Gradients of m, scale and bias from those of the coefficients.</summary>
    /// <param name="m">As for Forward.</param>
    /// <param name="scale">Likewise.</param>
    /// <param name="bias">Likewise.</param>
    /// <param name="pre">pre again, [n], written: the gradient of the streams needs it.</param>
    /// <param name="gq">Gradients of pre, post, comb; overwritten.</param>
    /// <param name="gm">Gradients of m, written.</param>
    /// <param name="gscale">Gradients of scale, one a lane: added to.</param>
    /// <param name="gbias">Gradients of bias, one a lane: added to.</param>
    internal abstract void Backward<V>(V* m, float* scale, float* bias, V* pre, V* gq, V* gm, V* gscale, V* gbias)
        where V : unmanaged, ILanes<V>;
}
