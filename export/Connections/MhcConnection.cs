using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>Manifold-Constrained Hyper-Connections (arXiv 2512.24880) in the form of DeepSeek-V4: comb is n × n logits after Sinkhorn-Knopp.</summary>
internal sealed class MhcConnection : GatedConnection
{
    /// <inheritdoc/>
    public override string Name => "mhc";

    /// <inheritdoc/>
    protected override int MixingLogits(int n) => n * n;

    /// <inheritdoc/>
    protected override Value? Mixing(GraphContext context, Value logits, string site)
    {
        context.SinkhornLogits.Add(site, logits);
        Value comb = Sinkhorn.Normalize(context.Graph, logits, context.Config.HcMult, SinkhornIterations.Of(context.Folds, site), context.Config.HcEps);
        return context.Graph.Transpose(comb, 0, 2, 1); // X'_j has Σ_i comb[i, j] X_i: comb is consumed transposed
    }

    /// <inheritdoc/>
    protected override double[] StaticMixing(GraphContext context, float[] logits, string site)
    {
        int n = context.Config.HcMult;
        double[] comb = SinkhornReference.Steps(logits, n, context.Config.HcSinkhornIters, context.Config.HcEps)[^1];
        return [.. Enumerable.Range(0, n * n).Select(k => comb[(k % n * n) + (k / n)])];
    }
}
