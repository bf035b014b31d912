namespace MhcPipeline.Client.Http;

/// <summary>What a call calls; of a piece, the arguments' next characters.</summary>
internal sealed record ApiCalledFunction(string? Name, string? Arguments);
