using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Parameters;
using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// Dynamic hyper-connections (arXiv 2409.19606) as arXiv 2512.24880, equation 5, restates them: each stream is normed by
/// itself, coefficients are alpha tanh(theta . x) + b, and nothing bounds H_res. At the end the streams are added up.
/// </summary>
/// <remarks>
/// The start is the static one of arXiv 2409.19606, section 2.3, which is the residual network with norms before its sublayers: site s reads stream
/// s mod n alone, post is 1, comb is the identity. fn is zero: H_res has no constraint that would keep equal streams
/// equal, so a random row of comb would change the network at the start.
/// </remarks>
public sealed class HcConnection(ModelConfig config, ParameterStore parameters) : StreamConnection(config, parameters)
{
    /// <summary>The tensors that it adds to a checkpoint.</summary>
    public static IEnumerable<ParameterSpec> Parameters(ModelConfig config)
    {
        int n = config.HcMult;
        return SiteParameters(config, (2 + n, config.HiddenSize), Initial.All(0), Base, scales: 3, scale: 0.01);

        float[] Base(int site) =>
        [
            .. Enumerable.Range(0, n).Select(i => i == site % n ? 1f : 0), // pre
            .. Enumerable.Repeat(1f, n), // post
            .. Enumerable.Range(0, n * n).Select(k => k / n == k % n ? 1f : 0), // comb
        ];
    }

    /// <summary>The coefficients of a site.</summary>
    /// <param name="streams">X [B,S,n,C].</param>
    /// <param name="fn">[2 + n, C]; rows: pre (1), post (1), comb (n); row 2 + j and stream i give comb[i,j].</param>
    /// <param name="bias">[(2+n)n], called <c>base</c> in checkpoints: pre (n), post (n), comb (n*n, row-major).</param>
    /// <param name="scale">[3], of pre, post and comb.</param>
    /// <param name="options">The constants; eps and iterations have no meaning here.</param>
    public static MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale, MhcOptions options)
    {
        int n = options.Streams;
        Tensor x = streams.to_type(ScalarType.Float32); // [B,S,n,C]
        Tensor m = (x.matmul(fn.t()) * RmsNorm.InverseRoot(x, options.NormEps)).tanh(); // [B,S,n,2+n]
        return new(
            (m.select(3, 0) * scale[0]).add(bias.narrow(0, 0, n), One), // [B,S,n]
            (m.select(3, 1) * scale[1]).add(bias.narrow(0, n, n), One), // [B,S,n]
            (m.narrow(3, 2, n) * scale[2]).add(bias.narrow(0, 2 * n, n * n).view(n, n), One)); // [B,S,n,n]
    }

    /// <inheritdoc/>
    protected override SiteMap SiteMap { get; } = new HcMap(config.MixingConstants());

    /// <inheritdoc/>
    protected override SiteMap HeadMap { get; } = new SumMap(config.HcMult);

    /// <inheritdoc/>
    protected override Tensor Join(Tensor streams) => streams.sum([2L]); // [B,S,C]

    /// <inheritdoc/>
    protected override MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale) =>
        Coefficients(streams, fn, bias, scale, Options);
}
