using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Chat;

/// <summary>
/// What of <see cref="ChatOptions"/> the model can do. Without a temperature it answers greedily, in process and over HTTP alike,
/// so that the same request gives the same answer. <c>min_p</c> and <c>repetition_penalty</c> come from the additional properties.
/// </summary>
internal sealed record ModelOptions
{
    /// <summary>Name of the minimal probability, relative to the most probable token's, in <see cref="ChatOptions.AdditionalProperties"/>.</summary>
    public const string MinPName = "min_p";

    /// <summary>Name of the repetition penalty in <see cref="ChatOptions.AdditionalProperties"/>.</summary>
    public const string RepetitionPenaltyName = "repetition_penalty";

    public float Temperature { get; private init; }

    public float? TopP { get; private init; }

    public int? TopK { get; private init; }

    public float? MinP { get; private init; }

    public float? RepetitionPenalty { get; private init; }

    public float? PresencePenalty { get; private init; }

    public float? FrequencyPenalty { get; private init; }

    public long? Seed { get; private init; }

    public int? MaxTokens { get; private init; }

    public IReadOnlyList<string> Stop { get; private init; } = [];

    /// <summary>Reads the options of a request to the model of this name.</summary>
    /// <exception cref="NotSupportedException">They ask for something that no mHC model does: tools, JSON output, a stored conversation, another model.</exception>
    /// <exception cref="MhcServiceException">An additional property is not a number.</exception>
    public static ModelOptions From(ChatOptions? options, string modelName)
    {
        if (options is null) return new ModelOptions();
        Refuse(options, modelName);
        return new ModelOptions
        {
            Temperature = options.Temperature ?? 0,
            TopP = options.TopP,
            TopK = options.TopK,
            MinP = Number(options, MinPName),
            RepetitionPenalty = Number(options, RepetitionPenaltyName),
            PresencePenalty = options.PresencePenalty,
            FrequencyPenalty = options.FrequencyPenalty,
            Seed = options.Seed,
            MaxTokens = options.MaxOutputTokens,
            Stop = options.StopSequences is { } stop ? [.. stop] : [],
        };
    }

    private static void Refuse(ChatOptions options, string modelName)
    {
        if (options.Tools is { Count: > 0 } && options.ToolMode is not NoneChatToolMode)
            throw new NotSupportedException("mHC models do not call tools yet: leave ChatOptions.Tools (or the function choice behavior) out.");
        if (options.ResponseFormat is ChatResponseFormatJson)
            throw new NotSupportedException("Output cannot be constrained to JSON yet: leave ChatOptions.ResponseFormat out, ask for JSON in the prompt and check the answer.");
        if (options.ConversationId is not null)
            throw new NotSupportedException("Conversations are not stored: leave ChatOptions.ConversationId out and send all messages each time.");
        if (!string.IsNullOrEmpty(options.ModelId) && options.ModelId != modelName)
            throw new NotSupportedException($"This client reaches the model '{modelName}', but ChatOptions.ModelId asks for '{options.ModelId}'.");
    }

    private static float? Number(ChatOptions options, string name)
    {
        if (options.AdditionalProperties?.TryGetValue(name, out object? value) is not true || value is null) return null;
        try
        {
            return value is JsonElement json ? json.Deserialize<float>(JsonSerializerOptions.Web) : Convert.ToSingle(value, CultureInfo.InvariantCulture);
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidCastException or OverflowException or JsonException)
        {
            throw new MhcServiceException($"'{name}' must be a number, but {value} was given.", wrong)
            {
                StatusCode = System.Net.HttpStatusCode.BadRequest,
                Parameter = name,
                Code = "invalid_value",
            };
        }
    }
}
