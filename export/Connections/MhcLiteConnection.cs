using MhcPipeline.Core;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>mHC-lite (arXiv 2601.05732): H_res = Σ_k softmax(logits)_k P_k over the n! permutation matrices: one product with a constant.</summary>
internal sealed class MhcLiteConnection : GatedConnection
{
    /// <inheritdoc/>
    public override string Name => "mhc_lite";

    /// <inheritdoc/>
    protected override int MixingLogits(int n) => StreamPermutations.Of(n).Count;

    /// <inheritdoc/>
    protected override Value? Mixing(GraphContext context, Value logits, string site)
    {
        GraphBuilder graph = context.Graph;
        int n = context.Config.HcMult;
        float[] matrices = Matrices(n);
        Value constant = graph.Constant(matrices, matrices.Length / (n * n), n * n); // [n!, n·n]
        return graph.Reshape(graph.MatMul(graph.Softmax(logits, axis: -1), constant), -1, n, n);
    }

    /// <inheritdoc/>
    protected override double[] StaticMixing(GraphContext context, float[] logits, string site)
    {
        int n = context.Config.HcMult;
        float[] matrices = Matrices(n);
        double largest = logits.Max();
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - largest))];
        return [.. Enumerable.Range(0, n * n).Select(at => weights.Select((weight, k) => weight * matrices[(k * n * n) + at]).Sum() / weights.Sum())];
    }

    // P_k[j, p_k(j)] = 1, a row [n·n] for each permutation, in the order of the logits.
    private static float[] Matrices(int n) => [.. StreamPermutations.Of(n).SelectMany(p => Enumerable.Range(0, n * n).Select(at => p[at / n] == at % n ? 1f : 0))];
}
