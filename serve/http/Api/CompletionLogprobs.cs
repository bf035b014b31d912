namespace MhcPipeline.Serve.Api;

/// <summary>Log-probabilities as /v1/completions gives them: one entry a token in each list.</summary>
public sealed record CompletionLogprobs
{
    /// <summary>The tokens' texts; <c>bytes:\xNN</c> for one that is not complete characters.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Their log-probabilities; null for the first token of a prompt.</summary>
    public required IReadOnlyList<double?> TokenLogprobs { get; init; }

    /// <summary>The most probable tokens at each place, the token itself among them.</summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, double>?> TopLogprobs { get; init; }

    /// <summary>Where in the text each token begins, in characters.</summary>
    public required IReadOnlyList<int> TextOffset { get; init; }
}
