using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Serve.Api;

/// <summary>Answer of GET /health.</summary>
/// <param name="Status">ok.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Connection">Its connection, such as mhc.</param>
/// <param name="MaxContext">Most tokens of prompt and answer together.</param>
/// <param name="Running">Texts being generated.</param>
/// <param name="Waiting">Texts waiting for a slot.</param>
/// <param name="Statistics">What the server has done since it started.</param>
public sealed record Health(string Status, string Model, string Connection, int MaxContext, int Running, int Waiting, EngineStatistics Statistics);
