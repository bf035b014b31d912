using MhcPipeline.Export.Graph;

namespace MhcPipeline.Export.Folding;

/// <summary>
/// X' = post ⊗ F + combᵀ X of one site and u' = Σ pre'_i X'_i of the next are one operator, which reads the streams once. ai.onnx has
/// none for it: it is how the operators of mode fused are cut.
/// </summary>
internal sealed class PostPre : Fold
{
    /// <inheritdoc/>
    public override string Name => "post-pre";

    /// <inheritdoc/>
    public override string Description => "a site's writing and the next one's reading of the streams are one operator";

    /// <inheritdoc/>
    public override string? Obstacle(FoldTarget target) =>
        WithoutStreams(target.Config) ?? (target.Mode == ExportMode.Standard ? "ai.onnx has no such operator; mode fused has" : null);

    /// <inheritdoc/>
    public override string PartOfFused => "its operators are cut there";
}
