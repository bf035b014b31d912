namespace MhcPipeline.Train.Metrics;

/// <summary>What the model wrote, <c>"kind": "sample"</c>.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Prompt">What it was given.</param>
/// <param name="Text">How it went on.</param>
/// <param name="Expected">The right answer, where there is one.</param>
public sealed record SampleMetric(long Step, string Prompt, string Text, string? Expected = null) : MetricRecord(Step);
