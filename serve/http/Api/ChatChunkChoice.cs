using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>What a chunk adds to one answer.</summary>
public sealed record ChatChunkChoice
{
    /// <summary>Number of the answer.</summary>
    public required int Index { get; init; }

    /// <summary>The next piece.</summary>
    public required ChatDelta Delta { get; init; }

    /// <summary>Log-probabilities of the piece's tokens, where asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ChatLogprobs? Logprobs { get; init; }

    /// <summary>stop, length, tool_calls, or null while the answer goes on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }

    /// <summary>Extension: what of the schema was checked when the answer was finished; left out where all of it was enforced.</summary>
    public SchemaCheck? SchemaCheck { get; init; }
}
