using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MhcPipeline.Client.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Http;

/// <summary>Body of POST v1/chat/completions (with messages) and v1/completions (with a prompt); what is null is left out.</summary>
internal sealed record ApiRequest
{
    public required string Model { get; init; }

    public IReadOnlyList<ApiRequestMessage>? Messages { get; init; }

    public string? Prompt { get; init; }

    public IReadOnlyList<ApiTool>? Tools { get; init; }

    /// <summary>none, auto, required, or an object that names a function.</summary>
    public JsonNode? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public JsonNode? ResponseFormat { get; init; }

    /// <summary>vLLM's field for what OpenAI's response_format has no word for.</summary>
    public JsonNode? StructuredOutputs { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? TopK { get; init; }

    public float? MinP { get; init; }

    public float? RepetitionPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public float? FrequencyPenalty { get; init; }

    public IReadOnlyDictionary<string, float>? LogitBias { get; init; }

    public long? Seed { get; init; }

    public int? MaxTokens { get; init; }

    public IReadOnlyList<string>? Stop { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public bool Stream { get; init; }

    public ApiStreamOptions? StreamOptions { get; init; }

    /// <summary>Where the request goes, below the endpoint's v1/.</summary>
    [JsonIgnore]
    public string Path => Messages is null ? "completions" : "chat/completions";

    public static ApiRequest From(string model, ModelRequest request) => new()
    {
        Model = model,
        Messages = request.Prompt is null ? [.. request.Messages.Select(ApiRequestMessage.From)] : null,
        Prompt = request.Prompt,
        Tools = request.Tools.Count > 0 ? [.. request.Tools.Select(Tool)] : null,
        ToolChoice = request.Tools.Count > 0 ? Choice(request.ToolMode) : null,
        ParallelToolCalls = request.Tools.Count > 0 ? request.ParallelToolCalls : null,
        ResponseFormat = Format(request.Format),
        StructuredOutputs = Structure(request.Format),
        Temperature = request.Temperature,
        TopP = request.TopP,
        TopK = request.TopK,
        MinP = request.MinP,
        RepetitionPenalty = request.RepetitionPenalty,
        PresencePenalty = request.PresencePenalty,
        FrequencyPenalty = request.FrequencyPenalty,
        LogitBias = request.LogitBias?.ToDictionary(pair => pair.Key.ToString(CultureInfo.InvariantCulture), pair => pair.Value),
        Seed = request.Seed,
        // The completions API would stop after 16 tokens where the chat API goes on to the end.
        MaxTokens = request.MaxTokens ?? (request.Prompt is null ? null : int.MaxValue),
        Stop = request.Stop is { Count: > 0 } stop ? stop : null,
        Logprobs = request.LogProbabilities is null ? null : true,
        TopLogprobs = request.LogProbabilities is 0 ? null : request.LogProbabilities,
        Stream = request.Stream,
        StreamOptions = request.Stream ? new ApiStreamOptions(IncludeUsage: true) : null,
    };

    private static ApiTool Tool(AIFunctionDeclaration tool) => new(new ApiFunction(tool.Name, string.IsNullOrEmpty(tool.Description) ? null : tool.Description, tool.JsonSchema, tool.IsStrict() ? true : null));

    private static JsonNode? Choice(ChatToolMode? mode) => mode switch
    {
        NoneChatToolMode => "none",
        AutoChatToolMode => "auto",
        RequiredChatToolMode { RequiredFunctionName: { } name } => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name } },
        RequiredChatToolMode => "required",
        _ => null,
    };

    private static JsonObject? Format(ModelFormat? format) => format switch
    {
        ModelFormat.JsonObject => new() { ["type"] = "json_object" },
        ModelFormat.JsonSchema schema => new()
        {
            ["type"] = "json_schema",
            ["json_schema"] = new JsonObject { ["name"] = schema.Name, ["strict"] = schema.Strict, ["schema"] = JsonNode.Parse(schema.Schema.GetRawText()) },
        },
        _ => null,
    };

    private static JsonObject? Structure(ModelFormat? format) => format switch
    {
        ModelFormat.Choice choice => new() { ["choice"] = new JsonArray([.. choice.Values.Select(value => (JsonNode)value)]) },
        ModelFormat.Regex regex => new() { ["regex"] = regex.Pattern },
        ModelFormat.Grammar grammar => new() { ["grammar"] = grammar.Rules },
        _ => null,
    };
}
