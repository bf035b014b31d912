using MhcPipeline.Core;
using MhcPipeline.Core.Kernels;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Parameters;
using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// mHC-lite (arXiv 2601.05732): H_res is a weighted mean of all n! permutation matrices, with a softmax for weights. Every
/// doubly stochastic matrix is such a mean (Birkhoff and von Neumann), so this reaches the same matrices as mhc, exactly
/// and without iterations, for the price of n! logits: 24 with 4 streams where mhc has 16.
/// </summary>
public sealed class MhcLiteConnection(ModelConfig config, ParameterStore parameters) : GatedConnection(config, parameters)
{
    /// <summary>Logit of the identity above the other permutations: with 4 streams it starts with a weight of 0.946.</summary>
    private const float Identity = 6;

    /// <summary>The tensors that it adds to a checkpoint; fn has the rows pre (n), post (n), and one for each permutation (n!) in lexicographic order.</summary>
    public static IEnumerable<ParameterSpec> Parameters(ModelConfig config) =>
        Parameters(config, comb: [0, .. Enumerable.Repeat(-Identity, StreamPermutations.Of(config.HcMult).Count - 1)]); // the first permutation is the identity

    /// <summary>The coefficients of a site.</summary>
    /// <param name="streams">X [B,S,n,C].</param>
    /// <param name="fn">[2n + n!, nC]; rows: pre (n), post (n), permutations (n!).</param>
    /// <param name="bias">[2n + n!], called <c>base</c> in checkpoints.</param>
    /// <param name="scale">[3], of pre, post and the permutations.</param>
    /// <param name="options">The constants; iterations have no meaning here.</param>
    public static MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale, MhcOptions options)
    {
        int n = options.Streams;
        Tensor m = MhcComposed.Project(streams, fn, options); // [2n+n!,T]
        (Tensor pre, Tensor post) = MhcComposed.Gates(m, bias, scale, options); // [n,T]
        long count = fn.shape[0] - (2 * n);
        Tensor weights = (m.narrow(0, 2 * n, count) * scale[2]).add(bias.narrow(0, 2 * n, count).unsqueeze(1), One).softmax(0); // [n!,T]
        Tensor matrices = tensor(StreamPermutations.Combs(n), [count, n * n], device: streams.device); // [n!,n*n]
        return MhcComposed.Shape(streams, pre, post, matrices.t().matmul(weights));
    }

    /// <inheritdoc/>
    protected override SiteMap SiteMap { get; } = new MhcLiteMap(config.MixingConstants());

    /// <inheritdoc/>
    protected override MixingCoefficients Coefficients(Tensor streams, Tensor fn, Tensor bias, Tensor scale) =>
        Coefficients(streams, fn, bias, scale, Options);
}
