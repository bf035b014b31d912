namespace MhcPipeline.Train.Metrics;

/// <summary>The gain magnitude of one site.</summary>
/// <param name="Site">Such as <c>layers.0.attn</c>.</param>
/// <param name="Forward">Largest absolute row sum of H_res.</param>
/// <param name="Backward">Largest absolute column sum of H_res.</param>
public sealed record SiteGain(string Site, double Forward, double Backward);
