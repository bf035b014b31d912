using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Folding;

/// <summary>(f · fnᵀ) r · scale + base = (f · (scale fn)ᵀ) r + base: every row of fn is multiplied by its map's scale.</summary>
internal sealed class ScaleIntoFn : Fold
{
    /// <inheritdoc/>
    public override string Name => "scale-into-fn";

    /// <inheritdoc/>
    public override string Description => "rows of fn are multiplied by the scale of their map; base becomes the product's third operand";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) =>
        target.Config.Connection == "hc" ? "connection hc has its scale outside tanh" : WithoutStreams(target.Config);

    /// <summary>Where the rows of a map lie in fn, with the factor that they get.</summary>
    public static RowBlock Rows(GraphContext context, MapTensors tensors, MapRows map) =>
        new(tensors.Fn, map.First, map.Count, context.Folds.Has<ScaleIntoFn>() ? context.Weights.Element(tensors.Scale, map.Index) : 1);
}
