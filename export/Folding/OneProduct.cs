using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Folding;

/// <summary>The rows of a site's maps lie on top of one another, so that one product with f gives all three.</summary>
internal sealed class OneProduct : Fold
{
    /// <inheritdoc/>
    public override string Name => "one-product";

    /// <inheritdoc/>
    public override string Description => "the three maps of a site are one product with fn, cut into three afterwards";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) => WithoutStreams(target.Config);

    /// <inheritdoc/>
    public override string PartOfFused => "the operators take fn whole";

    /// <summary>The maps in the groups that are computed together.</summary>
    public static IEnumerable<MapRows[]> Groups(GraphContext context, IReadOnlyCollection<MapRows> maps) =>
        maps.Count == 0 ? [] : context.Folds.Has<OneProduct>() ? [[.. maps]] : maps.Select(map => new[] { map });
}
