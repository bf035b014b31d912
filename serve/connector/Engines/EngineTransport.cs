using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using MhcPipeline.Client.Contract;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Engines;

/// <summary>The way to a model in this process. What the engine refuses has the status, code and parameter that the server gives for it.</summary>
internal sealed class EngineTransport(IAnswerEngine engine) : IModelTransport
{
    public string ModelName => engine.ModelName;

    public Uri? Endpoint => null;

    public async IAsyncEnumerable<ModelPiece> AnswerAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ModelPiece answer = new() { Id = $"mhc-{Guid.NewGuid():N}", Model = ModelName, Created = DateTimeOffset.UtcNow };
        AnswerPlan plan = await PlanAsync(request, cancellationToken).ConfigureAwait(false);
        AnswerReader reader = plan.CreateReader();
        IAsyncEnumerator<GenerationChunk> chunks = Start(plan.Generation, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable closing = chunks.ConfigureAwait(false);
        while (await NextAsync(chunks).ConfigureAwait(false))
        {
            GenerationChunk chunk = chunks.Current;
            if (chunk.FinishReason is FinishReason.Cancelled)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new MhcServiceException("The engine was closed while it was answering.") { StatusCode = HttpStatusCode.ServiceUnavailable, Code = "server_shutting_down" };
            }
            TokenLogProbability[] tokens = chunk is { TokenId: { } token, LogProb: { } logProbability }
                ? [Describe(new TokenLogProb(token, logProbability)) with { Alternatives = chunk.Top.Count == 0 ? null : [.. chunk.Top.Select(Describe)] }]
                : [];
            foreach (AnswerPart part in reader.Push(chunk.Text))
            {
                yield return ToPiece(answer, part) with { LogProbabilities = tokens, Raw = chunk };
                tokens = [];
            }
            if (tokens.Length > 0) yield return answer with { LogProbabilities = tokens, Raw = chunk };
            if (chunk.FinishReason is not { } reason) continue;
            foreach (AnswerPart part in reader.Finish()) yield return ToPiece(answer, part) with { Raw = chunk };
            yield return answer with
            {
                FinishReason = reason is FinishReason.Length ? ChatFinishReason.Length
                    : reader.Calls > 0 && !reader.InsideCall ? ChatFinishReason.ToolCalls
                    : ChatFinishReason.Stop,
                Usage = new UsageDetails
                {
                    InputTokenCount = plan.Generation.Prompt.Count,
                    CachedInputTokenCount = chunk.CachedTokens,
                    OutputTokenCount = chunk.GeneratedTokens,
                    TotalTokenCount = plan.Generation.Prompt.Count + chunk.GeneratedTokens,
                },
                Raw = chunk,
            };
        }
    }

    public Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        (int running, int waiting) = engine.Load;
        return Task.FromResult($"{ModelName} is loaded: {running} requests run, {waiting} wait.");
    }

    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(engine.Engine) ? engine.Engine : null;
    }

    public ValueTask DisposeAsync() => engine.DisposeAsync();

    private async Task<AnswerPlan> PlanAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Prompt is { } prompt)
            {
                return new AnswerPlan(
                    new GenerationRequest { Prompt = engine.EncodeText(prompt), MaxTokens = request.MaxTokens ?? int.MaxValue, Sampling = Sampling(request), Stop = request.Stop ?? [] },
                    ReadsCalls: false);
            }
            return await engine.PlanAsync(ToAnswerRequest(request), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception refused) when (Translate(refused) is { } refusal)
        {
            throw refusal; // its cause is inside
        }
    }

    private IAsyncEnumerable<GenerationChunk> Start(GenerationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return engine.GenerateAsync(request, cancellationToken);
        }
        catch (Exception refused) when (Translate(refused) is { } refusal)
        {
            throw refusal; // its cause is inside
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<GenerationChunk> chunks)
    {
        try
        {
            return await chunks.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception failed) when (Translate(failed) is { } failure)
        {
            throw failure; // its cause is inside
        }
    }

    /// <summary>As the server's ErrorTranslation does.</summary>
    private static MhcServiceException? Translate(Exception failed) => failed switch
    {
        InvalidRequestException wrong => new(wrong.Message, wrong) { StatusCode = HttpStatusCode.BadRequest, Code = wrong.Code, Parameter = wrong.Parameter },
        EngineBusyException => new(failed.Message, failed) { StatusCode = HttpStatusCode.ServiceUnavailable, Code = "server_busy" },
        ObjectDisposedException => new("The engine has been closed.", failed) { StatusCode = HttpStatusCode.ServiceUnavailable, Code = "server_shutting_down" },
        PipelineException => new(failed.Message, failed) { StatusCode = HttpStatusCode.InternalServerError, Code = "generation_failed" },
        _ => null,
    };

    private static AnswerRequest ToAnswerRequest(ModelRequest request) => new()
    {
        Turns = [.. request.Messages.Select(ToTurn)],
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
        Sampling = Sampling(request),
        Stop = request.Stop ?? [],
        LogProbs = request.LogProbabilities,
    };

    private static ChatTurn ToTurn(ModelMessage message) => new(
        message.Role,
        message.Calls.Count == 0 ? message.Text : ToolText.Call(message.Text, message.Calls.Select(call => (call.Name, ToolText.Json(JsonSerializer.Deserialize<JsonElement>(call.Arguments))))));

    private static SamplingOptions Sampling(ModelRequest request)
    {
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

    private static ModelPiece ToPiece(ModelPiece answer, AnswerPart part) => part switch
    {
        AnswerPart.Text text => answer with { Text = text.Value },
        AnswerPart.CallBegins call => answer with { Calls = [new ModelCallPiece(call.Index, call.Id, call.Name, "")] },
        AnswerPart.Arguments more => answer with { Calls = [new ModelCallPiece(more.Index, Id: null, Name: null, more.Json)] },
        _ => throw new InvalidOperationException($"{part.GetType().Name} is no part of an answer that is known here."),
    };

    private TokenLogProbability Describe(TokenLogProb token)
    {
        byte[] bytes = engine.TokenBytes(token.TokenId).ToArray();
        return new TokenLogProbability(Encoding.UTF8.GetString(bytes), token.LogProb) { Bytes = [.. bytes.Select(value => (int)value)] };
    }
}
