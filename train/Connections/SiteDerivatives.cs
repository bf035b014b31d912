using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>The gradients of a site, each in the type of what it belongs to.</summary>
internal sealed record SiteDerivatives
{
    /// <summary>Given: of u [T,C].</summary>
    public required Tensor Input { get; init; }

    /// <summary>Given: of X' [T,n,C]; null for the head.</summary>
    public Tensor? Streams { get; init; }

    /// <summary>Given: of the coefficients of the next write; null for the head.</summary>
    public Tensor? Writing { get; init; }

    /// <summary>Written: of the embedding [T,C], or of X [T,n,C].</summary>
    public required Tensor Source { get; init; }

    /// <summary>Written: of F(u) [T,C], where there was a write.</summary>
    public Tensor? Output { get; init; }

    /// <summary>Written: of the coefficients of that write.</summary>
    public Tensor? BeforeWriting { get; init; }

    /// <summary>Written: of fn, base and scale.</summary>
    public required SiteWeights Weights { get; init; }
}
