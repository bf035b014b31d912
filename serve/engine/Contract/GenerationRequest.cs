using MhcPipeline.Constraints;

namespace MhcPipeline.Engine.Contract;

/// <summary>One text to continue.</summary>
public sealed record GenerationRequest
{
    /// <summary>Token ids of the prompt; at least one.</summary>
    public required IReadOnlyList<int> Prompt { get; init; }

    /// <summary>Most tokens to generate; the context may end the text before. 0 is allowed where <see cref="Echo"/> asks for the prompt.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>How tokens are chosen; greedy unless told otherwise.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Strings that end the text. They are no part of it, nor is anything after them.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Null: no log-probabilities. Otherwise every token has its own, and this many most probable alternatives.</summary>
    public int? LogProbs { get; init; }

    /// <summary>Gives the prompt's tokens first, with log-probabilities where <see cref="LogProbs"/> asks for them.</summary>
    public bool Echo { get; init; }

    /// <summary>What the text has to be, compiled for the engine's tokens; null for any text.</summary>
    public CompiledGrammar? Grammar { get; init; }

    /// <summary>
    /// Text that <see cref="Grammar"/> leaves no choice about is appended without asking the model for each token. Not where log-probabilities are asked for.
    /// </summary>
    public bool JumpsForward { get; init; } = true;

    /// <summary>Goes on after an end-of-text token, to the token limit. For measurements.</summary>
    public bool IgnoreEndOfText { get; init; }

    /// <summary>Checks every value against its range.</summary>
    /// <param name="vocabSize">Number of tokens that the model knows.</param>
    /// <param name="maxContext">Most tokens of prompt and answer together.</param>
    /// <exception cref="InvalidRequestException">A value is out of range; names the parameter.</exception>
    public void Validate(int vocabSize, int maxContext)
    {
        if (Prompt.Count == 0)
        {
            throw new InvalidRequestException("The prompt must have at least one token.", "prompt");
        }
        foreach (int token in Prompt)
        {
            if (token < 0 || token >= vocabSize)
            {
                throw new InvalidRequestException($"The prompt has token {token}, but this model's tokens are 0 to {vocabSize - 1}.", "prompt");
            }
        }
        if (MaxTokens < 0 || (MaxTokens == 0 && !Echo))
        {
            throw new InvalidRequestException($"'max_tokens' must be 1 or more (0 with echo), but {MaxTokens} was given.", "max_tokens");
        }
        if (Prompt.Count + Math.Min(MaxTokens, 1) > maxContext)
        {
            throw new InvalidRequestException(
                $"This model's context is {maxContext} tokens, but the prompt has {Prompt.Count}: it must leave room for at least one more.",
                "prompt", "context_length_exceeded");
        }
        if (LogProbs is < 0 or > 20)
        {
            throw new InvalidRequestException($"The number of alternatives with log-probabilities must be 0 to 20, but {LogProbs} was given.", "logprobs");
        }
        if (Stop.Any(string.IsNullOrEmpty))
        {
            throw new InvalidRequestException("A stop string must not be empty.", "stop");
        }
        Sampling.Validate(vocabSize);
    }
}
