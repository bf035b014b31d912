using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Contract;

/// <summary>
/// What a model is asked, whichever way it is reached. What is null is left to the model: greedy decoding to the end of its answer.
/// As the result of <see cref="ChatOptions.RawRepresentationFactory"/>, what is set here goes before the options' own values.
/// </summary>
public sealed record ModelRequest
{
    /// <summary>The conversation, oldest message first.</summary>
    public IReadOnlyList<ModelMessage> Messages { get; init; } = [];

    /// <summary>Text to continue as it stands, without the chat template; null for a conversation.</summary>
    public string? Prompt { get; init; }

    /// <summary>Functions that the model may ask to be called.</summary>
    public IReadOnlyList<AIFunctionDeclaration> Tools { get; init; } = [];

    /// <summary>Whether it may, must, or must not; null is as it likes.</summary>
    public ChatToolMode? ToolMode { get; init; }

    /// <summary>Whether one answer may have several calls; null leaves that to the model.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>What the answer's text has to be; null for any text.</summary>
    public ModelFormat? Format { get; init; }

    /// <summary>Divides the logits; 0 takes the most probable token always.</summary>
    public float? Temperature { get; init; }

    /// <summary>Samples from the smallest set of most probable tokens whose probabilities add up to this. Above 0, to 1.</summary>
    public float? TopP { get; init; }

    /// <summary>Samples from this many most probable tokens; 0 is off.</summary>
    public int? TopK { get; init; }

    /// <summary>Drops tokens less probable than this times the most probable one. 0 (off) to 1.</summary>
    public float? MinP { get; init; }

    /// <summary>Above 1, tokens of prompt and answer become less probable. 1 is off.</summary>
    public float? RepetitionPenalty { get; init; }

    /// <summary>Above 0, tokens that the answer has already become less probable. -2 to 2.</summary>
    public float? PresencePenalty { get; init; }

    /// <summary>Above 0, tokens become less probable each time that the answer has them. -2 to 2.</summary>
    public float? FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of single tokens, by token id. -100 to 100.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>The same seed and request give the same answer.</summary>
    public long? Seed { get; init; }

    /// <summary>Most tokens of the answer.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Strings that end the answer and are no part of it.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Asks for each token's log-probability and this many alternatives to it (0 to 20); null asks for none.</summary>
    public int? LogProbabilities { get; init; }

    /// <summary>Whether the answer is wanted piece by piece as it comes.</summary>
    public bool Stream { get; init; }
}
