namespace MhcPipeline.Bench;

/// <summary>One figure.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Metric">Which property of it.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record BenchResult(string Case, string Metric, double Value, string Unit);
