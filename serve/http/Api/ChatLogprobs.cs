using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>Log-probabilities as /v1/chat/completions gives them.</summary>
/// <param name="Content">One entry a token.</param>
public sealed record ChatLogprobs(IReadOnlyList<ChatTokenLogprob> Content)
{
    /// <summary>Always null: these models do not refuse.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<ChatTokenLogprob>? Refusal { get; init; }
}
