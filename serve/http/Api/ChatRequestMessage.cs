using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>One message of the conversation that a client sends.</summary>
public sealed record ChatRequestMessage
{
    /// <summary>system, developer, user, assistant or tool.</summary>
    [Description("system, developer (the same as system), user, assistant or tool.")]
    public string? Role { get; init; }

    /// <summary>What was said, or what the tool gave back.</summary>
    [Description("A string, or an array of parts {\"type\": \"text\", \"text\": ...}. An assistant's may be null where it called tools.")]
    public JsonElement? Content { get; init; }

    /// <summary>What the assistant called.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    /// <summary>The call that a tool's message answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Name of the tool that answers; no other message has one.</summary>
    [Description("Of a tool's message only, where it changes nothing.")]
    public string? Name { get; init; }

    /// <summary>Fields that this API does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}
