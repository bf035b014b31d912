namespace MhcPipeline.Train.Metrics;

/// <summary>
/// How much the residual mixing amplifies, <c>"kind": "gains"</c>. A gain magnitude is the largest absolute row sum (forward) or column sum
/// (backward) of H_res, as in arXiv 2512.24880, section 3; 1 is a signal kept as it is.
/// </summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Sites">Each site's own, in the order of depth.</param>
/// <param name="CompositeForward">Of the product of all sites' H_res: row sums.</param>
/// <param name="CompositeBackward">Of the same product: column sums.</param>
public sealed record GainsMetric(long Step, IReadOnlyList<SiteGain> Sites, double CompositeForward, double CompositeBackward) : MetricRecord(Step);
