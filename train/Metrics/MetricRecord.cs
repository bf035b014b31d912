using System.Text.Json.Serialization;

namespace MhcPipeline.Train.Metrics;

/// <summary>One line of metrics.jsonl; <c>kind</c> tells which.</summary>
/// <param name="Step">Optimizer steps done when it was written.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(StepMetric), "step")]
[JsonDerivedType(typeof(EvalMetric), "eval")]
[JsonDerivedType(typeof(GainsMetric), "gains")]
[JsonDerivedType(typeof(SampleMetric), "sample")]
[JsonDerivedType(typeof(EventMetric), "event")]
public abstract record MetricRecord(long Step);
