using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>The model's message.</summary>
public sealed record ChatAnswer
{
    /// <summary>assistant.</summary>
    public string Role { get; init; } = "assistant";

    /// <summary>Its text; null where it only calls tools.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Content { get; init; }

    /// <summary>Always null: these models do not refuse.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Refusal { get; init; }

    /// <summary>What it calls; left out where it calls nothing.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }
}
