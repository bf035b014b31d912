using MhcPipeline.Core.Kernels.HyperConnections;
using static MhcPipeline.Train.Functions.HostKernels;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// What the sites of one forward pass leave for the backward pass. With recomputation only every k-th site's streams stay; the others are
/// written again, from the last that stayed and the sublayers' outputs, when backward comes to them (arXiv 2512.24880, section 4.3.2):
/// the same kernel on the same numbers, so gradients are identical.
/// </summary>
/// <param name="shape">Sizes of the streams.</param>
/// <param name="keepEvery">1 keeps the streams of all sites.</param>
internal sealed unsafe class StreamTape(SiteShape shape, int keepEvery)
{
    private readonly List<Entry> _entries = [];

    /// <summary>Notes a site's tensors; what is noted is shared, not copied.</summary>
    /// <returns>The site's number on this tape.</returns>
    public int Add(Tensor source, Tensor? writing, Tensor? output, Tensor? streams, Tensor products, Tensor roots)
    {
        int site = _entries.Count;
        _entries.Add(new()
        {
            Embedding = writing is null ? Alias(source) : null,
            Writing = Alias(writing),
            Output = Alias(output),
            Streams = site % keepEvery == 0 ? Alias(streams) : null,
            Products = Alias(products)!,
            Roots = Alias(roots)!,
        });
        return site;
    }

    /// <summary>A site's products and roots.</summary>
    public (Tensor Products, Tensor Roots) Norm(int site) => (_entries[site].Products, _entries[site].Roots);

    /// <summary>What stands before a site's read.</summary>
    public Before Before(int site)
    {
        Entry entry = _entries[site];
        return entry.Embedding is { } embedding ? new() { Embedding = Pointer(embedding) } : Write(Streams(site - 1), entry.Output!, entry.Writing!);
    }

    /// <summary>A write as the kernels take it.</summary>
    /// <param name="x">X [T,n,C].</param>
    /// <param name="output">F(u) [T,C].</param>
    /// <param name="writing">post (n) and, unless H_res is the identity, comb (n*n): [rows,T].</param>
    internal static Before Write(Tensor x, Tensor output, Tensor writing) =>
        new() { X = Pointer(x), Output = Pointer(output), Writing = Pointer(writing), Mixes = writing.shape[0] > x.shape[1] };

    /// <summary>The streams that a site read [T,n,C], computed again where they were not kept.</summary>
    public Tensor Streams(int site)
    {
        Entry entry = _entries[site];
        if (entry.Streams is null)
        {
            Before before = Before(site); // first: this may come back here for the sites before
            entry.Streams = empty(shape.Tokens, shape.Streams, shape.Width).DetachFromDisposeScope();
            SiteKernel.Write(shape, before, Pointer(entry.Streams));
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
