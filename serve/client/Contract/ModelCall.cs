namespace MhcPipeline.Client.Contract;

/// <summary>A function call that the model asked for.</summary>
/// <param name="Id">Names the call, for its result to refer to.</param>
/// <param name="Name">The function's.</param>
/// <param name="Arguments">A JSON object.</param>
public sealed record ModelCall(string Id, string Name, string Arguments);
