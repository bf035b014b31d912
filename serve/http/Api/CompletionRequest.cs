using System.ComponentModel;
using System.Text.Json;

namespace MhcPipeline.Serve.Api;

/// <summary>Body of POST /v1/completions.</summary>
public sealed record CompletionRequest : SamplingFields
{
    /// <summary>Text, texts, tokens or lists of tokens to continue.</summary>
    [Description("A string, an array of strings, an array of token ids, or an array of arrays of token ids. Left out: the start of a document.")]
    public JsonElement? Prompt { get; init; }

    /// <summary>Number of alternatives for each token, 0 to 5; turns log-probabilities on.</summary>
    [Description("0 to 5: log-probabilities of every token, and of this many alternatives.")]
    public int? Logprobs { get; init; }

    /// <summary>Gives the prompt back before the continuation.</summary>
    public bool? Echo { get; init; }

    /// <summary>Generates this many and returns the n most probable ones.</summary>
    [Description("n to 20: generates this many and returns the n with the highest log-probability per token.")]
    public int? BestOf { get; init; }

    /// <summary>Text after the gap; not supported.</summary>
    [Description("Not supported: these models only continue text.")]
    public string? Suffix { get; init; }
}
