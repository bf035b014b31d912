using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>One text of a completion.</summary>
public sealed record CompletionChoice
{
    /// <summary>Number of the prompt times n, plus number of the answer to it.</summary>
    public required int Index { get; init; }

    /// <summary>The text, or in a stream the next piece of it.</summary>
    public required string Text { get; init; }

    /// <summary>Log-probabilities, where asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CompletionLogprobs? Logprobs { get; init; }

    /// <summary>stop, length, or null while the text goes on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}
