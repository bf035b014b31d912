using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Folding;

/// <summary>(x r ∘ g) · Wᵀ = (x r) · (W diag(g))ᵀ: a norm's weights g go into the columns of the matrices behind it; all norms then share one vector of ones.</summary>
internal sealed class NormIntoProjections : Fold
{
    /// <inheritdoc/>
    public override string Name => "norm-into-projections";

    /// <inheritdoc/>
    public override string Description => "weights of the norms are multiplied into the columns of the projections behind them (not into an output matrix that is the embedding, too)";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) => null;

    /// <summary>x / rms(x), times the norm's weights where they stay with it: computed in float32 from what the streams are, given in the type in which sublayers compute.</summary>
    public static Value Norm(GraphContext context, Value x, string norm)
    {
        ModelConfig config = context.Config;
        // On the CUDA provider an RMSNorm's weights are of its input's type.
        Value normed = Folds(context, norm) ? context.Graph.Normalize(x, config.HiddenSize, config.RmsNormEps, context.Format.Streams)
            : context.Graph.RmsNorm(x, context.Format.Streams == DataType.Float ? context.Weight(norm) : context.Format.Beside(context.Graph, context.Weights.Tensor(norm)), config.RmsNormEps);
        return context.Narrow(normed);
    }

    /// <summary>Matrices behind a norm on top of one another, with the norm's weights where they are folded.</summary>
    public static WeightTensor Projection(GraphContext context, string name, string norm, params IReadOnlyList<string> parts)
    {
        if (!Folds(context, norm))
            return context.Weights.Stacked(name, [.. parts]);
        var weights = new Lazy<float[]>(() => context.Weights.Elements(norm)); // read when the file is written
        return context.Weights.Rows($"{name}.weighted", context.Config.HiddenSize, [.. parts.Select(part => new RowBlock(part, 0, context.Weights.RowsOf(part)))], row =>
        {
            for (int c = 0; c < row.Length; c++)
                row[c] *= weights.Value[c];
            return row;
        });
    }

    private static bool Folds(GraphContext context, string norm) =>
        context.Folds.Has<NormIntoProjections>() && !(norm == DecoderTensors.FinalNorm && context.Config.TieWordEmbeddings);
}
