namespace MhcPipeline.Train.Metrics;

/// <summary>An evaluation, <c>"kind": "eval"</c>.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="ValidationLoss">Mean cross-entropy on the validation batches, in nats.</param>
public sealed record EvalMetric(long Step, double ValidationLoss) : MetricRecord(Step);
