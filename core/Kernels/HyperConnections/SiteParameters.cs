namespace MhcPipeline.Core.Kernels.HyperConnections;

/// <summary>A site's parameters.</summary>
public readonly unsafe struct SiteParameters
{
    /// <summary>fn [Rows, nC / Groups], or [Rows, C] when it is <see cref="Summed"/>.</summary>
    public float* Fn { get; init; }

    /// <summary>
    /// True when fn is already added up over the streams, which is possible where all of them are the embedding: the product, the norm and
    /// the read then need only one of them. For the forward pass.
    /// </summary>
    public bool Summed { get; init; }

    /// <summary>base [Biases].</summary>
    public float* Bias { get; init; }

    /// <summary>scale [Scales].</summary>
    public float* Scale { get; init; }
}
