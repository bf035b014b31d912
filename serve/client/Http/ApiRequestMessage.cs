using MhcPipeline.Client.Contract;

namespace MhcPipeline.Client.Http;

/// <summary>A message that is sent.</summary>
internal sealed record ApiRequestMessage(string Role, string Content, IReadOnlyList<ApiToolCall>? ToolCalls = null, string? ToolCallId = null)
{
    public static ApiRequestMessage From(ModelMessage message) => new(
        message.Role,
        message.Text,
        message.Calls.Count == 0 ? null : [.. message.Calls.Select(call => new ApiToolCall(Index: null, call.Id, "function", new ApiCalledFunction(call.Name, call.Arguments)))],
        message.CallId);
}
