using MhcPipeline.Core.Kernels.HyperConnections;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>The fused kernels of a site on contiguous tensors, wherever those are. Results go to tensors that the caller made.</summary>
internal interface ISiteKernels
{
    /// <summary>Whether <see cref="Backward"/> reads X' rather than making it again.</summary>
    bool ReadStreamsAgain { get; }

    /// <summary>A tensor's numbers as the kernels take them.</summary>
    Tensor Dense(Tensor x);

    /// <summary>Writes what was left to write, reads u, and computes the coefficients of the next write.</summary>
    void Forward(SiteMap map, SiteShape shape, SiteBefore before, SiteWeights weights, SiteOutputs outputs);

    /// <summary>The way back.</summary>
    /// <param name="map">Of the site that read.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="before">As for the forward pass.</param>
    /// <param name="weights">Likewise.</param>
    /// <param name="streams">X', where <see cref="ReadStreamsAgain"/> says so and the site has them.</param>
    /// <param name="products">As the forward pass left them.</param>
    /// <param name="roots">Likewise.</param>
    /// <param name="gradients">What came back, and where results go.</param>
    void Backward(SiteMap map, SiteShape shape, SiteBefore before, SiteWeights weights, Tensor? streams, Tensor products, Tensor roots, SiteDerivatives gradients);

    /// <summary>The write alone.</summary>
    /// <param name="map">Of the site that read the streams.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="before">What is written, and into what.</param>
    /// <param name="streams">X' [T,n,C], written.</param>
    void Write(SiteMap map, SiteShape shape, SiteBefore before, Tensor streams);
}
