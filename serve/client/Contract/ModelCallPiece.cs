namespace MhcPipeline.Client.Contract;

/// <summary>The next piece of a function call. The first one of a call has its id and name.</summary>
/// <param name="Index">Number of the call in the answer, from 0.</param>
/// <param name="Id">Names the call, for its result to refer to.</param>
/// <param name="Name">The function's.</param>
/// <param name="Arguments">Continues the JSON object of its arguments; may be empty.</param>
public sealed record ModelCallPiece(int Index, string? Id, string? Name, string Arguments);
