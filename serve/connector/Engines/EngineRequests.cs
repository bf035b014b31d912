using MhcPipeline.Client.Contract;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Engines;

/// <summary>A client's request in the engine's terms, as the server reads it from JSON.</summary>
internal static class EngineRequests
{
    private const int MaxStops = 16;

    public static AnswerRequest ToAnswerRequest(ModelRequest request) => new()
    {
        Turns = [.. ToTurns(request.Messages)],
        Tools = [.. request.Tools.Select(tool => new ToolDefinition(tool.Name)
        {
            Description = string.IsNullOrEmpty(tool.Description) ? null : tool.Description,
            Parameters = tool.JsonSchema,
            Strict = tool.IsStrict(),
        })],
        ToolChoice = request.Tools.Count == 0 ? ToolChoice.Auto : request.ToolMode switch
        {
            NoneChatToolMode => ToolChoice.None,
            RequiredChatToolMode { RequiredFunctionName: { } name } => ToolChoice.Named(name),
            RequiredChatToolMode => ToolChoice.Required,
            _ => ToolChoice.Auto,
        },
        ParallelToolCalls = request.ParallelToolCalls ?? true,
        Format = request.Format switch
        {
            ModelFormat.JsonObject => AnswerFormat.JsonObject,
            ModelFormat.JsonSchema schema => new AnswerFormat.JsonSchema(schema.Schema, schema.Strict),
            ModelFormat.Choice choice => new AnswerFormat.Choice(choice.Values),
            ModelFormat.Regex regex => new AnswerFormat.Regex(regex.Pattern),
            ModelFormat.Grammar grammar => new AnswerFormat.Grammar(grammar.Rules),
            _ => AnswerFormat.Text,
        },
        MaxTokens = request.MaxTokens ?? int.MaxValue,
        Sampling = ToSampling(request),
        Stop = request.Stop ?? [],
        LogProbs = request.LogProbabilities,
    };

    /// <exception cref="InvalidRequestException">A result names a call that no message before it makes.</exception>
    private static IEnumerable<ChatTurn> ToTurns(IReadOnlyList<ModelMessage> messages)
    {
        HashSet<string> called = [];
        for (int i = 0; i < messages.Count; i++)
        {
            ModelMessage message = messages[i];
            if (message.Role == "tool" && (message.CallId is null || !called.Contains(message.CallId)))
            {
                string where = $"messages[{i}].tool_call_id";
                throw new InvalidRequestException($"'{where}' must be the id of a call in an assistant's message before it, but is {(message.CallId is { } id ? $"'{id}'" : "missing")}.", where);
            }
            called.UnionWith(message.Calls.Select(call => call.Id));
            yield return new ChatTurn(message.Role, ToolText.Call(message.Text, message.Calls.Select(call => (call.Name, call.Arguments))));
        }
    }

    /// <summary>How tokens are chosen. What the server allows less of than the engine is refused here too, so that a program does not depend on the way to its model.</summary>
    /// <exception cref="InvalidRequestException">Temperature, stop sequences or alternatives are out of range.</exception>
    public static SamplingOptions ToSampling(ModelRequest request)
    {
        if (request.Temperature is < 0 or > 2)
            throw new InvalidRequestException(FormattableString.Invariant($"'temperature' must be from 0 to 2, but {request.Temperature} was given."), "temperature");
        if (request.Stop?.Count > MaxStops)
            throw new InvalidRequestException($"'stop' has {request.Stop.Count} strings; at most {MaxStops} are allowed.", "stop");
        if (request.LogProbabilities is < 0 or > 20)
            throw new InvalidRequestException($"'top_logprobs' must be from 0 to 20, but {request.LogProbabilities} was given.", "top_logprobs");
        SamplingOptions off = new();
        return new SamplingOptions
        {
            Temperature = request.Temperature ?? off.Temperature,
            TopP = request.TopP ?? off.TopP,
            TopK = request.TopK ?? off.TopK,
            MinP = request.MinP ?? off.MinP,
            RepetitionPenalty = request.RepetitionPenalty ?? off.RepetitionPenalty,
            PresencePenalty = request.PresencePenalty ?? off.PresencePenalty,
            FrequencyPenalty = request.FrequencyPenalty ?? off.FrequencyPenalty,
            LogitBias = request.LogitBias,
            Seed = request.Seed,
        };
    }
}
