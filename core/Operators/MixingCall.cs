using MhcPipeline.Core.Kernels.HyperConnections;

namespace MhcPipeline.Core.Operators;

/// <summary>Addresses of one call's tensors in the provider's memory; 0 for what the operator does not have.</summary>
internal readonly record struct MixingCall
{
    /// <summary>Sizes.</summary>
    public SiteShape Shape { get; init; }

    /// <summary>The embedding [T,C] that all streams still are.</summary>
    public nint Embedding { get; init; }

    /// <summary>The streams [T,n,C] before the write.</summary>
    public nint X { get; init; }

    /// <summary>The sublayer's output [T,C].</summary>
    public nint Output { get; init; }

    /// <summary>post and comb [rows,T] of the write.</summary>
    public nint Writing { get; init; }

    /// <summary>False when comb is the identity.</summary>
    public bool Mixes { get; init; }

    /// <summary>fn.</summary>
    public nint Fn { get; init; }

    /// <summary>True when fn is summed over the streams, [Rows, C].</summary>
    public bool Summed { get; init; }

    /// <summary>base.</summary>
    public nint Bias { get; init; }

    /// <summary>scale.</summary>
    public nint Scale { get; init; }

    /// <summary>What the next sublayer is given [T,C], written.</summary>
    public nint Input { get; init; }

    /// <summary>The streams behind the write [T,n,C], written.</summary>
    public nint Streams { get; init; }

    /// <summary>post and comb for the next write, written.</summary>
    public nint NextWriting { get; init; }
}
