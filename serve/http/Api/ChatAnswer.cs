using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>The model's message.</summary>
/// <param name="Content">Its text.</param>
public sealed record ChatAnswer(string Content)
{
    /// <summary>assistant.</summary>
    public string Role { get; init; } = "assistant";

    /// <summary>Always null: these models do not refuse.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Refusal { get; init; }
}
