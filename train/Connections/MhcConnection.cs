using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Parameters;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// Manifold-constrained hyper-connections: n residual streams that are mixed at every site by a doubly stochastic matrix
/// (arXiv 2512.24880). Tensors have DeepSeek-V4's names and shapes.
/// </summary>
public sealed class MhcConnection(ModelConfig config, ParameterStore parameters) : GatedConnection(config, parameters)
{
    /// <summary>Logit of a diagonal element of comb above the others: their sum starts at n exp(-6), a quarter of a percent each.</summary>
    private const float Diagonal = 6;

    /// <summary>The tensors that it adds to a checkpoint; fn has the rows pre (n), post (n), comb (n*n, row-major).</summary>
    public static IEnumerable<ParameterSpec> Parameters(ModelConfig config)
    {
        int n = config.HcMult;
        return Parameters(config, comb: [.. Enumerable.Range(0, n * n).Select(k => k / n == k % n ? 0 : -Diagonal)]);
    }

    /// <inheritdoc/>
    protected override SiteMap SiteMap { get; } = new MhcMap(config.MixingConstants());

    /// <inheritdoc/>
    protected override MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale) =>
        MhcComposed.Coefficients(streams, fn, bias, scale, Options);
}
