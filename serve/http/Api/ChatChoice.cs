using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>One answer of a chat completion.</summary>
public sealed record ChatChoice
{
    /// <summary>Number of the answer.</summary>
    public required int Index { get; init; }

    /// <summary>What the model says.</summary>
    public required ChatAnswer Message { get; init; }

    /// <summary>Log-probabilities, where asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ChatLogprobs? Logprobs { get; init; }

    /// <summary>stop, length or tool_calls.</summary>
    public required string FinishReason { get; init; }

    /// <summary>Extension: what of the schema was checked when the answer was finished; left out where all of it was enforced.</summary>
    public SchemaCheck? SchemaCheck { get; init; }
}
