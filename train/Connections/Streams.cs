using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// What flows from site to site: the streams, and, where kernels run, what the last site has still to write into them. Writing is put
/// off because it is fused with the next site's read, so that the streams are gone through once a site.
/// </summary>
/// <param name="Value">The streams [B,S,n,C] (a plain residual stream: [B,S,C]); before the first fused site the embedding [B,S,C].</param>
public sealed record Streams(Tensor Value)
{
    /// <summary>What runs the sites; null for tensor operations.</summary>
    internal ISiteKernels? Kernels { get; init; }

    /// <summary>post and comb of the last site [rows, T], or null when nothing is to be written.</summary>
    internal Tensor? Writing { get; init; }

    /// <summary>The last sublayer's output [B,S,C].</summary>
    internal Tensor? Output { get; init; }

    /// <summary>What the backward pass will need; null when there is none.</summary>
    internal StreamTape? Tape { get; init; }

    /// <summary>Lets go of the streams once the next ones are there: the tape has those that the backward pass needs.</summary>
    internal void Free()
    {
        if (Writing is not null)
            Value.Dispose();
    }
}
