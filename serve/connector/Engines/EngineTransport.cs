using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using MhcPipeline.Client.Contract;
using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector.Engines;

/// <summary>The way to a model in this process. What the engine refuses has the status, code and parameter that the server gives for it.</summary>
/// <param name="engine">The engine.</param>
/// <param name="owned">Whether it is disposed with the transport.</param>
internal sealed class EngineTransport(InferenceEngine engine, bool owned) : IModelTransport
{
    public string ModelName => engine.ModelName;

    public Uri? Endpoint => null;

    public async IAsyncEnumerable<ModelPiece> AnswerAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ModelPiece answer = new() { Id = $"mhc-{Guid.NewGuid():N}", Model = ModelName, Created = DateTimeOffset.UtcNow };
        AnswerPlan plan = await TranslatedAsync(request, () => PlanAsync(request, cancellationToken)).ConfigureAwait(false);
        IAsyncEnumerable<GenerationChunk> generation = await TranslatedAsync(request, () => Task.FromResult(engine.GenerateAsync(plan.Generation, cancellationToken))).ConfigureAwait(false);
        IAsyncEnumerator<GenerationChunk> chunks = generation.GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable closing = chunks.ConfigureAwait(false);
        AnswerReader reader = plan.CreateReader();
        AnswerBuilder whole = new();
        while (await TranslatedAsync(request, () => chunks.MoveNextAsync().AsTask()).ConfigureAwait(false))
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
            List<AnswerPart> parts = [.. reader.Push(chunk.Text), .. chunk.FinishReason is null ? [] : reader.Finish()];
            whole.Add(parts);
            foreach (AnswerPart part in parts)
            {
                yield return ToPiece(answer, part) with { LogProbabilities = tokens, Raw = chunk };
                tokens = [];
            }
            if (tokens.Length > 0) yield return answer with { LogProbabilities = tokens, Raw = chunk };
            if (chunk.FinishReason is { } reason) yield return Ending(answer, plan, chunk, reason, whole.Build(complete: !reader.InsideCall));
        }
    }

    public Task<string> CheckAsync(CancellationToken cancellationToken) => Task.FromResult($"{ModelName} is loaded: {engine.Running} requests run, {engine.Waiting} wait.");

    public object? GetService(Type serviceType)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceType.IsInstanceOfType(engine) ? engine : null;
    }

    public ValueTask DisposeAsync() => owned ? engine.DisposeAsync() : ValueTask.CompletedTask;

    private async Task<AnswerPlan> PlanAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        if (request.Prompt is { } prompt)
        {
            GenerationRequest text = new()
            {
                Prompt = engine.Tokenizer.EncodePrompt(prompt),
                MaxTokens = request.MaxTokens ?? int.MaxValue,
                Sampling = EngineRequests.ToSampling(request),
                Stop = request.Stop ?? [],
            };
            return new AnswerPlan(text, ReadsCalls: false);
        }
        if (!engine.Tokenizer.SupportsChat) throw new InvalidRequestException("This model has no chat template; continue a text instead.", "messages", "chat_not_supported");
        return await engine.PlanAsync(EngineRequests.ToAnswerRequest(request), cancellationToken).ConfigureAwait(false);
    }

    private static ModelPiece Ending(ModelPiece answer, AnswerPlan plan, GenerationChunk last, FinishReason reason, Answer whole) => answer with
    {
        FinishReason = reason is FinishReason.Length ? ChatFinishReason.Length
            : whole is { Complete: true, Calls.Count: > 0 } ? ChatFinishReason.ToolCalls
            : ChatFinishReason.Stop,
        Usage = new UsageDetails
        {
            InputTokenCount = plan.Generation.Prompt.Count,
            CachedInputTokenCount = last.CachedTokens,
            OutputTokenCount = last.GeneratedTokens,
            TotalTokenCount = plan.Generation.Prompt.Count + last.GeneratedTokens,
        },
        SchemaCheck = plan.Check(whole) is { } check ? new SchemaCheck(check.Error is null, check.Checked, check.Error) : null,
        Raw = last,
    };

    private static async Task<T> TranslatedAsync<T>(ModelRequest request, Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            throw Translate(failed, isChat: request.Prompt is null);
        }
    }

    /// <summary>As the server does.</summary>
    private static MhcServiceException Translate(Exception failed, bool isChat) => failed switch
    {
        InvalidRequestException wrong => new(wrong.Message, wrong) { StatusCode = HttpStatusCode.BadRequest, Code = wrong.Code, Parameter = isChat ? ChatParameter(wrong.Parameter) : wrong.Parameter },
        EngineBusyException => new(failed.Message, failed) { StatusCode = HttpStatusCode.ServiceUnavailable, Code = "server_busy" },
        ObjectDisposedException => new("The engine has been closed.", failed) { StatusCode = HttpStatusCode.ServiceUnavailable, Code = "server_shutting_down" },
        PipelineException => new(failed.Message, failed) { StatusCode = HttpStatusCode.InternalServerError, Code = "generation_failed" },
        _ => new($"The engine failed on this request: {failed.Message}", failed) { StatusCode = HttpStatusCode.InternalServerError, Code = "internal_error" },
    };

    private static string ChatParameter(string parameter) => parameter switch
    {
        "prompt" => "messages", // the prompt is what the messages became
        "format" => "response_format",
        _ => parameter,
    };

    private static ModelPiece ToPiece(ModelPiece answer, AnswerPart part) => part switch
    {
        AnswerPart.Text text => answer with { Text = text.Value },
        AnswerPart.CallBegins call => answer with { Calls = [new ModelCallPiece(call.Index, call.Id, call.Name, "")] },
        AnswerPart.Arguments more => answer with { Calls = [new ModelCallPiece(more.Index, Id: null, Name: null, more.Json)] },
        _ => throw new InvalidOperationException($"{part.GetType().Name} is no part of an answer that is known here."),
    };

    private TokenLogProbability Describe(TokenLogProb token)
    {
        byte[] bytes = engine.Tokenizer.TokenBytes(token.TokenId).ToArray();
        return new TokenLogProbability(Encoding.UTF8.GetString(bytes), token.LogProb) { Bytes = [.. bytes.Select(value => (int)value)] };
    }
}
