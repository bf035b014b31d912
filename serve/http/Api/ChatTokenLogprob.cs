namespace MhcPipeline.Serve.Api;

/// <summary>A token of a chat answer with its log-probability.</summary>
public sealed record ChatTokenLogprob
{
    /// <summary>The token's text; incomplete characters are U+FFFD.</summary>
    public required string Token { get; init; }

    /// <summary>Natural logarithm of its probability.</summary>
    public required double Logprob { get; init; }

    /// <summary>Its bytes, for tokens that are part of a character.</summary>
    public required IReadOnlyList<int> Bytes { get; init; }

    /// <summary>The most probable tokens at this place; left out of those themselves.</summary>
    public IReadOnlyList<ChatTokenLogprob>? TopLogprobs { get; init; }
}
