using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Folding;

/// <summary>Projections of the same input, q, k and v or gate and up, lie on top of one another and are one product.</summary>
internal sealed class PackedProjections : Fold
{
    /// <inheritdoc/>
    public override string Name => "packed-projections";

    /// <inheritdoc/>
    public override string Description => "q, k and v are one product, and so are gate and up";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) => null;

    /// <summary>The matrices that are multiplied with, behind a norm: one for all parts, or one each.</summary>
    /// <param name="context">The model.</param>
    /// <param name="packed">Name of the parts together.</param>
    /// <param name="norm">The norm before them.</param>
    /// <param name="parts">Their names.</param>
    public static WeightTensor[] Projections(GraphContext context, string packed, string norm, params IReadOnlyList<string> parts) => context.Folds.Has<PackedProjections>()
        ? [NormIntoProjections.Projection(context, packed, norm, parts)]
        : [.. parts.Select(part => NormIntoProjections.Projection(context, part, norm, part))];
}
