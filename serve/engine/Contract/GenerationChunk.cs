namespace MhcPipeline.Engine.Contract;

/// <summary>
/// A piece of generated text, one token as a rule. The last chunk of a generation has a <see cref="FinishReason"/> and no token.
/// </summary>
public sealed record GenerationChunk
{
    /// <summary>The token; null on the last chunk and on text that belongs to no token (the rest of an incomplete character).</summary>
    public int? TokenId { get; init; }

    /// <summary>
    /// Complete characters only; empty for a token that ends inside one, or that is special. Text that may be the start of a stop string
    /// is given once it is certain that it is not.
    /// </summary>
    public string Text { get; init; } = "";

    /// <summary>Natural logarithm of the token's probability, where asked for; null for the first token of a prompt.</summary>
    public double? LogProb { get; init; }

    /// <summary>The most probable tokens at this place, best first, as many as asked for.</summary>
    public IReadOnlyList<TokenLogProb> Top { get; init; } = [];

    /// <summary>Set on the last chunk only.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>A token of the prompt, given back because the request has <see cref="GenerationRequest.Echo"/>.</summary>
    public bool IsPrompt { get; init; }

    /// <summary>Tokens generated up to here, with end-of-text and those of stop strings.</summary>
    public int GeneratedTokens { get; init; }

    /// <summary>Tokens of the prompt that were not computed, because a slot held them already. Set on the last chunk.</summary>
    public int CachedTokens { get; init; }
}
