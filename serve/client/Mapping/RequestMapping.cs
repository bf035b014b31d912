using MhcPipeline.Client.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Mapping;

/// <summary>
/// What of <see cref="ChatOptions"/> a model can do. Without a temperature it answers greedily, in process and over HTTP alike,
/// so that the same request gives the same answer.
/// </summary>
internal static class RequestMapping
{
    /// <summary>A conversation with these options.</summary>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="NotSupportedException">It asks for something that no model of ours does: a hosted tool, a stored conversation, another model, content other than text.</exception>
    /// <exception cref="MhcServiceException">An additional property has a value of the wrong type.</exception>
    public static ModelRequest Chat(IEnumerable<ChatMessage> messages, ChatOptions? options, IChatClient client, string modelName) => Apply(options, client, modelName) with
    {
        Messages = MessageMapping.ToMessages(messages, options),
    };

    /// <summary>A text to continue, with these options.</summary>
    /// <exception cref="NotSupportedException">It asks for what only a chat has: tools, a format, log-probabilities; or for another model.</exception>
    /// <exception cref="MhcServiceException">An additional property has a value of the wrong type.</exception>
    public static ModelRequest Text(string prompt, ChatOptions? options, IChatClient client, string modelName)
    {
        ModelRequest request = Apply(options, client, modelName);
        if (request.Tools.Count > 0 || request.Format is not (null or ModelFormat.Text) || request.LogProbabilities is not null)
            throw new NotSupportedException("Tools, a response format and log-probabilities are for chat: leave them out where text is continued.");
        return request with { Prompt = prompt };
    }

    private static ModelRequest Apply(ChatOptions? options, IChatClient client, string modelName)
    {
        if (options is null) return new ModelRequest { Temperature = 0 };
        Refuse(options, modelName);
        var more = new AdditionalOptions(options.AdditionalProperties);
        ModelRequest set = options.RawRepresentationFactory?.Invoke(client) as ModelRequest ?? new ModelRequest();
        return set with
        {
            Tools = set.Tools.Count > 0 ? set.Tools : [.. (options.Tools ?? []).Select(Function)],
            ToolMode = set.ToolMode ?? options.ToolMode,
            ParallelToolCalls = set.ParallelToolCalls ?? options.AllowMultipleToolCalls,
            Format = set.Format ?? more.StructuredOutputs() ?? Format(options.ResponseFormat, more.Strict()),
            Temperature = set.Temperature ?? options.Temperature ?? 0,
            TopP = set.TopP ?? options.TopP,
            TopK = set.TopK ?? options.TopK,
            MinP = set.MinP ?? more.Number(AdditionalOptions.MinP),
            RepetitionPenalty = set.RepetitionPenalty ?? more.Number(AdditionalOptions.RepetitionPenalty),
            PresencePenalty = set.PresencePenalty ?? options.PresencePenalty,
            FrequencyPenalty = set.FrequencyPenalty ?? options.FrequencyPenalty,
            Seed = set.Seed ?? options.Seed,
            MaxTokens = set.MaxTokens ?? options.MaxOutputTokens,
            Stop = set.Stop ?? (options.StopSequences is { Count: > 0 } stop ? [.. stop] : null),
            LogProbabilities = set.LogProbabilities ?? more.LogProbabilities(),
        };
    }

    private static void Refuse(ChatOptions options, string modelName)
    {
        if (options.ConversationId is not null)
            throw new NotSupportedException("Conversations are not stored: leave ChatOptions.ConversationId out and send all messages each time.");
        if (options.AllowBackgroundResponses is true || options.ContinuationToken is not null)
            throw new NotSupportedException("Answers are not stored: leave ChatOptions.AllowBackgroundResponses and ContinuationToken out.");
        if (!string.IsNullOrEmpty(options.ModelId) && options.ModelId != modelName)
            throw new NotSupportedException($"This client reaches the model '{modelName}', but ChatOptions.ModelId asks for '{options.ModelId}'.");
    }

    private static AIFunctionDeclaration Function(AITool tool) => tool.GetService<AIFunctionDeclaration>()
        ?? throw new NotSupportedException($"The tool '{tool.Name}' is a {tool.GetType().Name}, but these models call functions only: give an AIFunction, or a declaration of one.");

    private static ModelFormat? Format(ChatResponseFormat? format, bool strict) => format switch
    {
        null or ChatResponseFormatText => null,
        ChatResponseFormatJson { Schema: { } schema } json => new ModelFormat.JsonSchema(schema, SchemaName(json.SchemaName), strict),
        ChatResponseFormatJson => new ModelFormat.JsonObject(),
        _ => throw new NotSupportedException($"The response format {format.GetType().Name} is unknown: text, JSON and a JSON schema are supported."),
    };

    // OpenAI's API demands a name of these characters; a generic type's has others.
    private static string SchemaName(string? name)
    {
        string allowed = string.Concat((name ?? "").Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return allowed.Length == 0 ? "answer" : allowed[..Math.Min(allowed.Length, 64)];
    }
}
