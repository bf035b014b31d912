using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MhcPipeline.Client.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Http;

/// <summary>The way to a model that a server serves: OpenAI's chat and completions API.</summary>
internal sealed class HttpTransport : IModelTransport
{
    private readonly ApiConnection _api;

    public HttpTransport(ApiConnection api, string modelName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelName);
        _api = api;
        ModelName = modelName;
    }

    public string ModelName { get; }

    public Uri Endpoint => _api.Endpoint;

    Uri? IModelTransport.Endpoint => _api.Endpoint;

    public async IAsyncEnumerable<ModelPiece> AnswerAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ApiRequest body = ApiRequest.From(ModelName, request);
        if (!request.Stream)
        {
            (ApiResponse answer, JsonElement json) = await _api.AskAsync(body, cancellationToken).ConfigureAwait(false);
            if (answer.Choices is not { Count: > 0 })
                throw new MhcServiceException($"{Endpoint} answered without a choice.") { StatusCode = HttpStatusCode.OK };
            yield return ToPiece(answer, json);
            yield break;
        }
        await foreach ((ApiResponse chunk, JsonElement json) in _api.StreamAsync(body, cancellationToken).ConfigureAwait(false)) yield return ToPiece(chunk, json);
    }

    public async Task<string> CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> models = await _api.ModelsAsync(cancellationToken).ConfigureAwait(false);
        return models.Contains(ModelName)
            ? $"{Endpoint} serves {ModelName}."
            : throw new MhcServiceException($"{Endpoint} does not serve '{ModelName}'; it serves {(models.Count == 0 ? "no model" : string.Join(", ", models))}.") { StatusCode = HttpStatusCode.NotFound, Code = "model_not_found" };
    }

    public object? GetService(Type serviceType) => null;

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ModelPiece ToPiece(ApiResponse response, JsonElement json)
    {
        ApiChoice? choice = response.Choices is [var first, ..] ? first : null;
        ApiMessage? said = choice?.Delta ?? choice?.Message;
        return new ModelPiece
        {
            Id = response.Id,
            Model = response.Model,
            Created = response.Created is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
            Text = said?.Content ?? choice?.Text ?? "",
            Calls = [.. (said?.ToolCalls ?? []).Select((call, place) => new ModelCallPiece(call.Index ?? place, call.Id, call.Function?.Name, call.Function?.Arguments ?? ""))],
            LogProbabilities = choice?.Logprobs?.Content ?? [],
            FinishReason = string.IsNullOrEmpty(choice?.FinishReason) ? null : new ChatFinishReason(choice.FinishReason),
            SchemaCheck = choice?.SchemaCheck,
            Usage = response.Usage is not { } usage ? null : new UsageDetails
            {
                InputTokenCount = usage.PromptTokens,
                CachedInputTokenCount = usage.PromptTokensDetails?.CachedTokens,
                OutputTokenCount = usage.CompletionTokens,
                TotalTokenCount = usage.PromptTokens + usage.CompletionTokens,
            },
            Raw = json,
        };
    }
}
