using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Folding;

/// <summary>All folds, in the order in which they are reported.</summary>
internal static class FoldRegistry
{
    /// <summary>One of each.</summary>
    public static readonly IReadOnlyList<Fold> All =
    [
        new ScaleIntoFn(), new OneProduct(), new NormAfterProduct(), new EqualStreams(), new StaticCoefficients(), new SinkhornIterations(),
        new NormIntoProjections(), new PackedProjections(), new PostPre(),
    ];
}
