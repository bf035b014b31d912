namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>What makes the streams that a site reads, as the fast kernels are compiled for.</summary>
public enum CudaSiteSource
{
    /// <summary>The embedding in every stream.</summary>
    Embedding,

    /// <summary>A write whose comb is the identity.</summary>
    Gates,

    /// <summary>A write that mixes.</summary>
    Mixes,
}
