namespace MhcPipeline.Engine.Answers;

/// <summary>A call of a tool.</summary>
/// <param name="Id">Names the call, for its result to refer to.</param>
/// <param name="Name">The tool's.</param>
/// <param name="Arguments">One JSON object; less of it where the answer was cut.</param>
public sealed record ToolCall(string Id, string Name, string Arguments);
