using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>What stands before a site's read: the embedding, or streams and what is to be written into them.</summary>
/// <param name="Embedding">[T,C], or null when the others are set.</param>
/// <param name="X">[T,n,C].</param>
/// <param name="Output">F(u) [T,C].</param>
/// <param name="Writing">post (n) and, unless H_res is the identity, comb (n*n): [rows,T], float32.</param>
internal sealed record SiteBefore(Tensor? Embedding, Tensor? X, Tensor? Output, Tensor? Writing)
{
    /// <summary>False when comb is the identity.</summary>
    public bool Mixes => X is not null && Writing!.shape[0] > X.shape[1];

    /// <summary>The one of which there is always one.</summary>
    public Tensor Source => Embedding ?? X!;
}
