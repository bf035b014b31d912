using System.Text.Json.Serialization;

namespace MhcPipeline.Client.Contract;

/// <summary>A token of an answer and how probable the model held it.</summary>
/// <param name="Text">Its text; of a token that ends inside a character, U+FFFD for the incomplete part.</param>
/// <param name="LogProbability">Natural logarithm of its probability under the model, before bias, penalties and temperature.</param>
public sealed record TokenLogProbability(
    [property: JsonPropertyName("token")] string Text,
    [property: JsonPropertyName("logprob")] double LogProbability)
{
    /// <summary>Its bytes, in UTF-8; those of all tokens together are the answer's.</summary>
    [JsonPropertyName("bytes")]
    public IReadOnlyList<int>? Bytes { get; init; }

    /// <summary>The most probable tokens at this place, best first.</summary>
    [JsonPropertyName("top_logprobs")]
    public IReadOnlyList<TokenLogProbability>? Alternatives { get; init; }
}
