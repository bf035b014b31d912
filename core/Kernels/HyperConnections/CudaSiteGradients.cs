namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary><see cref="SiteGradients"/> on a device: those of streams, embedding and F(u) are of the streams' type, the others float32.</summary>
public readonly record struct CudaSiteGradients
{
    /// <summary>Given: of X' [T,n,C], from the writes behind; 0 for the head.</summary>
    public nint Streams { get; init; }

    /// <summary>Given: of post and comb [WritingRows, T]; 0 for the head.</summary>
    public nint Writing { get; init; }

    /// <summary>Given: of u [T,C].</summary>
    public nint Input { get; init; }

    /// <summary>Written: of the embedding [T,C], where there is one.</summary>
    public nint Embedding { get; init; }

    /// <summary>Written: of X [T,n,C].</summary>
    public nint BeforeX { get; init; }

    /// <summary>Written: of F(u) [T,C].</summary>
    public nint BeforeOutput { get; init; }

    /// <summary>Written: of the coefficients of the write before [rows, T].</summary>
    public nint BeforeWriting { get; init; }

    /// <summary>Written: of fn.</summary>
    public nint Fn { get; init; }

    /// <summary>Written: of base.</summary>
    public nint Bias { get; init; }

    /// <summary>Written: of scale.</summary>
    public nint Scale { get; init; }
}
