namespace MhcPipeline.Export.Calibration;

/// <summary>What folding changed.</summary>
/// <param name="Folds">Every fold there is.</param>
/// <param name="Sites">The parts of the graph, in the order in which they run.</param>
/// <param name="Change">The whole graph: without folds in mode standard, and as it was exported.</param>
/// <param name="Error">Largest change of a logit by all folds together on the calibration set, in mode standard and float32; null when not measured.</param>
/// <param name="Measured">On what errors were measured, or why they were not.</param>
public sealed record FoldingReport(IReadOnlyList<FoldReport> Folds, IReadOnlyList<SiteReport> Sites, GraphChange Change, float? Error, string Measured);
