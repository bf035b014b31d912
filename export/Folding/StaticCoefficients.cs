using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Folding;

/// <summary>Where the rows of fn (or the scale) of a map are zero its coefficients depend on base alone: they are computed at export and stand in the graph as constants.</summary>
internal sealed class StaticCoefficients : Fold
{
    /// <inheritdoc/>
    public override string Name => "static-coefficients";

    /// <inheritdoc/>
    public override string Description => "coefficients of maps whose fn or scale is zero are constants";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) => WithoutStreams(target.Config)
        ?? (target.Mode == ExportMode.Fused ? "the operators of mode fused compute all coefficients" : null)
        ?? (target.Maps.Any(map => IsStatic(target.Weights, map.Tensors, map.Rows))
            ? null : "no map has an fn or a scale of zeros");

    /// <summary>True for a map whose coefficients are written as constants.</summary>
    public static bool Has(GraphContext context, MapTensors tensors, MapRows map) =>
        context.Folds.Has<StaticCoefficients>() && IsStatic(context.Weights, tensors, map);

    /// <summary>Coefficients as a constant of the graph.</summary>
    public static Value Constant(GraphContext context, IEnumerable<double> values, params ReadOnlySpan<long> shape) =>
        context.Graph.Constant([.. values.Select(value => (float)value)], shape);

    /// <summary>True when a map of a site has an fn or a scale of zeros.</summary>
    public static bool IsStatic(FoldTarget target, string site, string map) =>
        target.Maps.Any(one => one.Tensors == MapTensors.Site(site) && one.Rows.Map == map && IsStatic(target.Weights, one.Tensors, one.Rows));

    private static bool IsStatic(ModelWeights weights, MapTensors tensors, MapRows map) =>
        weights.Element(tensors.Scale, map.Index) == 0 || weights.IsZero(new RowBlock(tensors.Fn, map.First, map.Count));
}
