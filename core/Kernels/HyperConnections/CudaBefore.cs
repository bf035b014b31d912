namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary><see cref="Before"/> on a device: addresses there; streams, embedding and output are bf16, float16 or float32, coefficients float32.</summary>
public readonly record struct CudaBefore
{
    /// <summary>The embedding [T,C], or 0 when the write is to <see cref="X"/>.</summary>
    public nint Embedding { get; init; }

    /// <summary>X [T,n,C].</summary>
    public nint X { get; init; }

    /// <summary>The embedding where there is one, else X.</summary>
    internal nint Source => Embedding != 0 ? Embedding : X;

    /// <summary>F(u) [T,C], or 0 when nothing is written. With an embedding too (forward pass only) the write is to streams that are all the embedding.</summary>
    public nint Output { get; init; }

    /// <summary>post (n) and comb (n*n, where the write mixes), [rows, T].</summary>
    public nint Writing { get; init; }

    /// <summary>False when comb is the identity.</summary>
    public bool Mixes { get; init; }
}
