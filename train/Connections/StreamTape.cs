using MhcPipeline.Core.Kernels.HyperConnections;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// What the sites of one forward pass leave for the backward pass. With recomputation only every k-th site's streams stay; the others are
/// written again, from the last that stayed and the sublayers' outputs, when backward comes to them (arXiv 2512.24880, section 4.3.2):
/// the same kernel on the same numbers, so gradients are identical.
/// </summary>
/// <param name="kernels">Where the streams are.</param>
/// <param name="map">Of the sites.</param>
/// <param name="shape">Sizes of the streams.</param>
/// <param name="keepEvery">1 keeps the streams of all sites.</param>
internal sealed class StreamTape(ISiteKernels kernels, SiteMap map, SiteShape shape, int keepEvery)
{
    private readonly List<Entry> _entries = [];

    /// <summary>Notes a site's tensors; what is noted is shared, not copied.</summary>
    /// <returns>The site's number on this tape.</returns>
    public int Add(SiteBefore before, SiteOutputs outputs)
    {
        int site = _entries.Count;
        _entries.Add(new()
        {
            Embedding = Alias(before.Embedding),
            Writing = Alias(before.Writing),
            Output = Alias(before.Output),
            Streams = site % keepEvery == 0 ? Alias(outputs.Streams) : null,
            Products = Alias(outputs.Products)!,
            Roots = Alias(outputs.Roots)!,
        });
        return site;
    }

    /// <summary>A site's products and roots.</summary>
    public (Tensor Products, Tensor Roots) Norm(int site) => (_entries[site].Products, _entries[site].Roots);

    /// <summary>What stands before a site's read.</summary>
    public SiteBefore Before(int site)
    {
        Entry entry = _entries[site];
        return entry.Embedding is { } embedding ? new(embedding, null, null, null) : new(null, Streams(site - 1), entry.Output, entry.Writing);
    }

    /// <summary>The streams that a site read [T,n,C], computed again where they were not kept.</summary>
    public Tensor Streams(int site)
    {
        Entry entry = _entries[site];
        if (entry.Streams is null)
        {
            SiteBefore before = Before(site); // first: this may come back here for the sites before
            entry.Streams = empty([shape.Tokens, shape.Streams, shape.Width], dtype: before.Source.dtype, device: before.Source.device).DetachFromDisposeScope();
            kernels.Write(map, shape, before, entry.Streams);
        }
        return entry.Streams;
    }

    /// <summary>Lets go of a site's tensors: its backward pass is done.</summary>
    public void Release(int site)
    {
        Entry entry = _entries[site];
        foreach (Tensor? tensor in new[] { entry.Embedding, entry.Writing, entry.Output, entry.Streams, entry.Products, entry.Roots })
            tensor?.Dispose();
    }

    private static Tensor? Alias(Tensor? tensor) => tensor?.detach().DetachFromDisposeScope();

    private sealed class Entry
    {
        public Tensor? Embedding { get; init; }

        public Tensor? Writing { get; init; }

        public Tensor? Output { get; init; }

        public Tensor? Streams { get; set; }

        public required Tensor Products { get; init; }

        public required Tensor Roots { get; init; }
    }
}
