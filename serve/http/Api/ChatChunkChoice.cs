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

    /// <summary>stop, length, or null while the answer goes on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}
