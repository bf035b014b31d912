namespace MhcPipeline.Engine.Contract;

/// <summary>
/// How the next token is chosen. Applied in this order: bias, penalties, temperature, top-k, top-p, min-p.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 takes the most probable token always (greedy). 0 to 100.</summary>
    public float Temperature { get; init; }

    /// <summary>Keeps the smallest set of most probable tokens whose probabilities add up to this. Above 0, to 1 (off).</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keeps this many most probable tokens. 0 is off.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps tokens at least this many times as probable as the most probable one. 0 (off) to 1.</summary>
    public float MinP { get; init; }

    /// <summary>Divides the positive and multiplies the negative logits of tokens seen in prompt or answer (arXiv 1909.05858). 1 is off.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted from the logit of every token that the answer has already. -2 to 2.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted from a token's logit once for every time that the answer has it. -2 to 2.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of single tokens, by token id. -100 to 100.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Start of the random sequence: the same seed and request give the same text. Null draws one.</summary>
    public long? Seed { get; init; }

    /// <summary>Checks every value against its range.</summary>
    /// <param name="vocabSize">Number of tokens, the limit of the ids in <see cref="LogitBias"/>.</param>
    /// <exception cref="InvalidRequestException">A value is out of range; names the parameter.</exception>
    public void Validate(int vocabSize)
    {
        Require(Temperature is >= 0 and <= 100, "temperature", "from 0 to 100", Temperature);
        Require(TopP is > 0 and <= 1, "top_p", "above 0 and at most 1", TopP);
        Require(TopK >= 0, "top_k", "0 (off) or more", TopK);
        Require(MinP is >= 0 and <= 1, "min_p", "from 0 to 1", MinP);
        Require(RepetitionPenalty is > 0 and <= 100, "repetition_penalty", "above 0 and at most 100", RepetitionPenalty);
        Require(PresencePenalty is >= -2 and <= 2, "presence_penalty", "from -2 to 2", PresencePenalty);
        Require(FrequencyPenalty is >= -2 and <= 2, "frequency_penalty", "from -2 to 2", FrequencyPenalty);
        foreach ((int token, float bias) in LogitBias ?? new Dictionary<int, float>())
        {
            Require(token >= 0 && token < vocabSize, "logit_bias", $"a map from token ids 0 to {vocabSize - 1}", token);
            Require(bias is >= -100 and <= 100, "logit_bias", "a map to values from -100 to 100", bias);
        }
    }

    private static void Require(bool holds, string parameter, string range, double value)
    {
        if (!holds)
        {
            throw new InvalidRequestException(FormattableString.Invariant($"'{parameter}' must be {range}, but {value} was given."), parameter);
        }
    }
}
