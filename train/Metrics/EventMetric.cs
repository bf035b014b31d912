namespace MhcPipeline.Train.Metrics;

/// <summary>Something that happened, <c>"kind": "event"</c>.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Name">Such as <c>start</c>, <c>resume</c>, <c>checkpoint</c>, <c>stop</c>.</param>
/// <param name="Detail">For people.</param>
public sealed record EventMetric(long Step, string Name, string? Detail = null) : MetricRecord(Step);
