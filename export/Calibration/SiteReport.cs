namespace MhcPipeline.Export.Calibration;

/// <summary>What folding made of one part of the graph.</summary>
/// <param name="Name">The part, such as <c>layers.0/attn_hc</c>.</param>
/// <param name="Change">Its size without folds in mode standard, and as it was exported.</param>
/// <param name="Iterations">Sinkhorn iterations of a site that has them; else null.</param>
public sealed record SiteReport(string Name, GraphChange Change, int? Iterations);
