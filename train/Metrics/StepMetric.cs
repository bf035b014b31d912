namespace MhcPipeline.Train.Metrics;

/// <summary>One optimizer step, <c>"kind": "step"</c>.</summary>
/// <param name="Step">Number of the step, from 1.</param>
/// <param name="Loss">Mean cross-entropy of the targets, in nats.</param>
/// <param name="Lr">Learning rate of the step.</param>
/// <param name="GradNorm">Global L2 norm of the gradient before clipping.</param>
/// <param name="TokensPerSecond">Tokens of the step over the seconds that it took.</param>
/// <param name="Tokens">Tokens seen since the start of the run.</param>
/// <param name="Seconds">Seconds of training since the start of the run, those before a resume included.</param>
public sealed record StepMetric(long Step, double Loss, double Lr, double GradNorm, double TokensPerSecond, long Tokens, double Seconds) : MetricRecord(Step);
