namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>What a fast kernel moves between memory and the GPU, in streams' elements of a token divided by C. Coefficients and partial sums are not in it.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Reads">C elements read.</param>
/// <param name="Writes">C elements written.</param>
public readonly record struct CudaTraffic(string Kernel, int Reads, int Writes)
{
    /// <summary>The forward pass of a site: 14 C with four streams.</summary>
    /// <param name="streams">n.</param>
    /// <param name="before">What makes the streams.</param>
    /// <param name="kept">Whether X' is written.</param>
    public static IReadOnlyList<CudaTraffic> Forward(int streams, CudaSiteSource before, bool kept = true)
    {
        int made = Made(streams, before);
        return kept
            ? [new("site_products", made, streams), new("site_read", streams, 1)]
            : [new("site_products", made, 0), new("site_read_again", made, 1)];
    }

    /// <summary>The forward pass in one launch that reads X' from the second-level cache: 10 C with four streams, and n C from there.</summary>
    /// <param name="streams">n.</param>
    /// <param name="before">What makes the streams.</param>
    public static IReadOnlyList<CudaTraffic> Reuse(int streams, CudaSiteSource before) => [new("site_forward", Made(streams, before), streams + 1)];

    /// <summary>The streams of sites that follow one another, computed again in one launch.</summary>
    /// <param name="streams">n.</param>
    /// <param name="sites">How many.</param>
    public static CudaTraffic Recompute(int streams, int sites) => new("streams_recompute", streams + sites, streams * sites);

    /// <summary>The backward pass of a site: 21 C with four streams.</summary>
    /// <param name="streams">n.</param>
    /// <param name="before">What makes the streams.</param>
    /// <param name="given">Whether there is a gradient of X': not for the head.</param>
    public static IReadOnlyList<CudaTraffic> Backward(int streams, CudaSiteSource before, bool given = true)
    {
        int made = Made(streams, before);
        return [new("site_dots", made + 1, 0), new("site_gradients", made + 1 + (given ? streams : 0), made)];
    }

    /// <summary>The write alone.</summary>
    /// <param name="streams">n.</param>
    /// <param name="before">What makes the streams.</param>
    public static CudaTraffic Write(int streams, CudaSiteSource before) => new("site_write", Made(streams, before), streams);

    private static int Made(int streams, CudaSiteSource before) => before == CudaSiteSource.Embedding ? 1 : streams + 1;
}
