using System.Text.Json.Serialization;
using MhcPipeline.Connector.Chat;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Connector.Http;

/// <summary>Body of POST v1/chat/completions (with messages) and v1/completions (with a prompt); what is null is left out.</summary>
internal sealed record ApiRequest
{
    public required string Model { get; init; }

    public IReadOnlyList<ChatTurn>? Messages { get; init; }

    public string? Prompt { get; init; }

    public float Temperature { get; init; }

    public float? TopP { get; init; }

    public int? TopK { get; init; }

    public float? MinP { get; init; }

    public float? RepetitionPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public float? FrequencyPenalty { get; init; }

    public long? Seed { get; init; }

    public int? MaxTokens { get; init; }

    public IReadOnlyList<string>? Stop { get; init; }

    public bool Stream { get; init; }

    public ApiStreamOptions? StreamOptions { get; init; }

    /// <summary>Where the request goes, below the endpoint's v1/.</summary>
    [JsonIgnore]
    public string Path => Messages is null ? "completions" : "chat/completions";

    public static ApiRequest From(string model, IReadOnlyList<ChatTurn>? messages, string? prompt, ModelOptions options, bool stream) => new()
    {
        Model = model,
        Messages = messages,
        Prompt = prompt,
        Temperature = options.Temperature,
        TopP = options.TopP,
        TopK = options.TopK,
        MinP = options.MinP,
        RepetitionPenalty = options.RepetitionPenalty,
        PresencePenalty = options.PresencePenalty,
        FrequencyPenalty = options.FrequencyPenalty,
        Seed = options.Seed,
        // The completions API would stop after 16 tokens where the chat API goes on to the end.
        MaxTokens = options.MaxTokens ?? (messages is null ? int.MaxValue : null),
        Stop = options.Stop is { Count: > 0 } stop ? stop : null,
        Stream = stream,
        StreamOptions = stream ? new ApiStreamOptions(IncludeUsage: true) : null,
    };
}
