namespace MhcPipeline.Client.Http;

/// <summary>What the model says and calls.</summary>
internal sealed record ApiMessage(string? Content, IReadOnlyList<ApiToolCall>? ToolCalls);
