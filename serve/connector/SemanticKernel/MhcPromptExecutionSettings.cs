using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace MhcPipeline.Connector.SemanticKernel;

/// <summary>How the model answers one prompt. What is null is left to the model: greedy decoding to the end of its answer.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
public sealed class MhcPromptExecutionSettings : PromptExecutionSettings
{
    private float? _temperature;
    private float? _topP;
    private int? _topK;
    private float? _minP;
    private int? _maxTokens;
    private IList<string>? _stopSequences;
    private long? _seed;
    private float? _presencePenalty;
    private float? _frequencyPenalty;
    private float? _repetitionPenalty;
    private bool? _strict;
    private ChatResponseFormat? _responseFormat;

    /// <summary>Divides the logits; 0 takes the most probable token always.</summary>
    [JsonPropertyName("temperature")]
    public float? Temperature { get => _temperature; set => Set(out _temperature, value); }

    /// <summary>Samples from the smallest set of most probable tokens whose probabilities add up to this. Above 0, to 1.</summary>
    [JsonPropertyName("top_p")]
    public float? TopP { get => _topP; set => Set(out _topP, value); }

    /// <summary>Samples from this many most probable tokens; 0 is off.</summary>
    [JsonPropertyName("top_k")]
    public int? TopK { get => _topK; set => Set(out _topK, value); }

    /// <summary>Drops tokens less probable than this times the most probable one. 0 (off) to 1.</summary>
    [JsonPropertyName("min_p")]
    public float? MinP { get => _minP; set => Set(out _minP, value); }

    /// <summary>Most tokens of the answer.</summary>
    [JsonPropertyName("max_tokens")]
    public int? MaxTokens { get => _maxTokens; set => Set(out _maxTokens, value); }

    /// <summary>Strings that end the answer and are no part of it.</summary>
    [JsonPropertyName("stop_sequences")]
    public IList<string>? StopSequences { get => _stopSequences; set => Set(out _stopSequences, value); }

    /// <summary>The same seed and request give the same answer.</summary>
    [JsonPropertyName("seed")]
    public long? Seed { get => _seed; set => Set(out _seed, value); }

    /// <summary>Above 0, tokens that the answer has already become less probable. -2 to 2.</summary>
    [JsonPropertyName("presence_penalty")]
    public float? PresencePenalty { get => _presencePenalty; set => Set(out _presencePenalty, value); }

    /// <summary>Above 0, tokens become less probable each time that the answer has them. -2 to 2.</summary>
    [JsonPropertyName("frequency_penalty")]
    public float? FrequencyPenalty { get => _frequencyPenalty; set => Set(out _frequencyPenalty, value); }

    /// <summary>Above 1, tokens of prompt and answer become less probable. 1 is off.</summary>
    [JsonPropertyName("repetition_penalty")]
    public float? RepetitionPenalty { get => _repetitionPenalty; set => Set(out _repetitionPenalty, value); }

    /// <summary>Whether a schema of which some keyword cannot be enforced while the answer is generated is refused; otherwise such keywords are checked when it is finished.</summary>
    [JsonPropertyName("strict")]
    public bool? Strict { get => _strict; set => Set(out _strict, value); }

    /// <summary>
    /// What the answer has to be: <see cref="ChatResponseFormat.Json"/>, or the schema of a type by <see cref="ChatResponseFormat.ForJsonSchema{T}(JsonSerializerOptions?, string?, string?)"/>.
    /// Prompt files write <c>response_format</c>: <c>json_object</c> or a JSON schema.
    /// </summary>
    [JsonIgnore]
    public ChatResponseFormat? ResponseFormat { get => _responseFormat; set => Set(out _responseFormat, value); }

    /// <summary>These settings as this type: themselves, or a copy read by name from another type's properties and extension data.</summary>
    /// <param name="executionSettings">Any settings; null gives ones with nothing set.</param>
    /// <exception cref="ArgumentException">A value has the wrong type; the message names it.</exception>
    public static MhcPromptExecutionSettings FromExecutionSettings(PromptExecutionSettings? executionSettings)
    {
        if (executionSettings is null) return new MhcPromptExecutionSettings();
        if (executionSettings is MhcPromptExecutionSettings settings) return settings;

        JsonElement json = JsonSerializer.SerializeToElement(executionSettings, executionSettings.GetType());
        try
        {
            var read = json.Deserialize<MhcPromptExecutionSettings>()!;
            read.FunctionChoiceBehavior = executionSettings.FunctionChoiceBehavior;
            return read;
        }
        catch (JsonException wrong)
        {
            throw new ArgumentException($"The execution setting {wrong.Path?.TrimStart('$', '.')} has a value of the wrong type: {wrong.Message}", nameof(executionSettings), wrong);
        }
    }

    /// <inheritdoc />
    public override void Freeze()
    {
        if (IsFrozen) return;
        base.Freeze();
        if (_stopSequences is not null) _stopSequences = new ReadOnlyCollection<string>(_stopSequences);
    }

    /// <inheritdoc />
    public override PromptExecutionSettings Clone() => new MhcPromptExecutionSettings
    {
        ServiceId = ServiceId,
        ModelId = ModelId,
        FunctionChoiceBehavior = FunctionChoiceBehavior,
        ExtensionData = ExtensionData is null ? null : new Dictionary<string, object>(ExtensionData),
        Temperature = Temperature,
        TopP = TopP,
        TopK = TopK,
        MinP = MinP,
        MaxTokens = MaxTokens,
        StopSequences = StopSequences is null ? null : [.. StopSequences],
        Seed = Seed,
        PresencePenalty = PresencePenalty,
        FrequencyPenalty = FrequencyPenalty,
        RepetitionPenalty = RepetitionPenalty,
        Strict = Strict,
        ResponseFormat = ResponseFormat,
    };

    /// <inheritdoc />
    protected override void PrepareChatOptionsForRequest(ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (ResponseFormat is not null) options.ResponseFormat = ResponseFormat;
    }

    private void Set<T>(out T field, T value)
    {
        ThrowIfFrozen();
        field = value;
    }
}
