using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Parameters;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// Hyper-connections whose streams keep to themselves, H_res = I: sites read and write as those of mhc do, and X'_j = X_j + post_j F(u).
/// What mixing adds to that is the question that arXiv 2512.24880, table 1, asks of H_res.
/// </summary>
public sealed class IdentityConnection(ModelConfig config, ParameterStore parameters) : GatedConnection(config, parameters)
{
    /// <summary>The tensors that it adds to a checkpoint; fn has the rows pre (n), post (n).</summary>
    public static IEnumerable<ParameterSpec> Parameters(ModelConfig config) => Parameters(config, comb: []);

    /// <summary>The coefficients of a site.</summary>
    /// <param name="streams">X [B,S,n,C].</param>
    /// <param name="fn">[2n, nC]; rows: pre (n), post (n).</param>
    /// <param name="bias">[2n], called <c>base</c> in checkpoints.</param>
    /// <param name="scale">[2], of pre and post.</param>
    /// <param name="options">The constants.</param>
    public static MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale, MhcOptions options)
    {
        int n = options.Streams;
        (Tensor pre, Tensor post) = MhcComposed.Gates(MhcComposed.Project(streams, fn, options), bias, scale, options); // [n,T]
        Tensor comb = eye(n, dtype: ScalarType.Float32, device: streams.device).view(n * n, 1).expand(n * n, pre.shape[1]); // [n*n,T]
        return MhcComposed.Shape(streams, pre, post, comb);
    }

    /// <inheritdoc/>
    protected override SiteMap SiteMap { get; } = new IdentityMap(config.MixingConstants());

    /// <inheritdoc/>
    protected override MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale) =>
        Coefficients(streams, fn, bias, scale, Options);

    /// <inheritdoc/>
    protected override Tensor Write(Tensor streams, MixingCoefficients coefficients, Tensor output) =>
        streams.Widen().addcmul(coefficients.Post.unsqueeze(-1), output.Widen().unsqueeze(-2), 1).to_type(streams.dtype); // [B,S,n,C]
}
