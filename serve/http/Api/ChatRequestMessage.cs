using System.ComponentModel;
using System.Text.Json;

namespace MhcPipeline.Serve.Api;

/// <summary>One message of the conversation that a client sends.</summary>
public sealed record ChatRequestMessage
{
    /// <summary>system, developer, user or assistant.</summary>
    [Description("system, developer (the same as system), user or assistant.")]
    public string? Role { get; init; }

    /// <summary>What was said.</summary>
    [Description("A string, or an array of parts {\"type\": \"text\", \"text\": ...}.")]
    public JsonElement? Content { get; init; }
}
