using System.Runtime.CompilerServices;
using MhcPipeline.Connector.Chat;
using MhcPipeline.Connector.Http;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Connector;

/// <summary>
/// Chats with a model that mhc-serve (or another OpenAI-compatible server) serves. Safe for concurrent use. Supports the same options as
/// <see cref="MhcChatClient"/> and refuses the same ones; cancelling, or leaving a stream early, closes the connection, which ends the generation.
/// </summary>
public sealed class MhcHttpChatClient : IChatClient, ITextModel
{
    private readonly ApiConnection _api;
    private readonly string _modelId;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Chats with one model of a server; nothing is sent before the first request.</summary>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="modelId">The model's name, as the server's <c>/v1/models</c> lists it.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="httpClient">The client to send with, which stays the caller's and whose time limit applies; null makes one without a time limit.</param>
    /// <exception cref="ArgumentException">The endpoint is no http or https address, or the model's name is empty.</exception>
    public MhcHttpChatClient(Uri endpoint, string modelId, string? apiKey = null, HttpClient? httpClient = null)
        : this(new ApiConnection(endpoint ?? throw new ArgumentNullException(nameof(endpoint)), apiKey, httpClient), modelId)
    {
    }

    private MhcHttpChatClient(ApiConnection api, string modelId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        _api = api;
        _modelId = modelId;
        _metadata = new ChatClientMetadata("mhc", api.Endpoint, modelId);
    }

    /// <summary>Asks a server which model it serves, and chats with the first.</summary>
    /// <param name="endpoint">The server's address, such as <c>http://127.0.0.1:8080</c>, with or without <c>/v1</c>.</param>
    /// <param name="apiKey">Sent as a bearer token; null sends none.</param>
    /// <param name="httpClient">The client to send with, which stays the caller's; null makes one without a time limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MhcServiceException">The server cannot be reached, refuses, or serves no model.</exception>
    public static async Task<MhcHttpChatClient> ConnectAsync(
        Uri endpoint, string? apiKey = null, HttpClient? httpClient = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ApiConnection api = new(endpoint, apiKey, httpClient);
        try
        {
            var models = await api.ModelsAsync(cancellationToken).ConfigureAwait(false);
            return new MhcHttpChatClient(api, models.FirstOrDefault() ?? throw new MhcServiceException($"{api.Endpoint} serves no model."));
        }
        catch
        {
            api.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    /// <exception cref="MhcServiceException">The server refused, could not be reached, or was cut off.</exception>
    /// <exception cref="NotSupportedException">The request asks for something that the model does not do.</exception>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ModelOptions model = ModelOptions.From(options, _modelId);
        ApiRequest request = ApiRequest.From(_modelId, Conversation.ToTurns(messages, options), prompt: null, model, stream: false);
        ApiResponse response = await _api.AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.Choices is not [var choice, ..])
            throw new MhcServiceException($"{_api.Endpoint} answered without a choice.") { StatusCode = System.Net.HttpStatusCode.OK };
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, choice.NewText) { MessageId = response.Id })
        {
            ResponseId = response.Id,
            ModelId = response.Model ?? _modelId,
            CreatedAt = TimeOf(response),
            FinishReason = Reason(choice.FinishReason),
            Usage = ToUsage(response.Usage),
        };
    }

    /// <inheritdoc />
    /// <exception cref="MhcServiceException">The server refused, could not be reached, or was cut off.</exception>
    /// <exception cref="NotSupportedException">The request asks for something that the model does not do.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamAsync(ApiRequest.From(_modelId, Conversation.ToTurns(messages, options), prompt: null, ModelOptions.From(options, _modelId), stream: true), cancellationToken);

    /// <inheritdoc />
    IAsyncEnumerable<ChatResponseUpdate> ITextModel.ContinueAsync(string prompt, ChatOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return StreamAsync(ApiRequest.From(_modelId, messages: null, prompt, ModelOptions.From(options, _modelId), stream: true), cancellationToken);
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Closes the connections, unless the client was given its <see cref="HttpClient"/>.</summary>
    public void Dispose() => _api.Dispose();

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(ApiRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ApiResponse chunk in _api.StreamAsync(request, cancellationToken).ConfigureAwait(false))
        {
            ApiChoice? choice = chunk.Choices is [var first, ..] ? first : null;
            ChatResponseUpdate update = new(ChatRole.Assistant, choice?.NewText is { Length: > 0 } text ? [new TextContent(text)] : [])
            {
                FinishReason = Reason(choice?.FinishReason),
                ResponseId = chunk.Id,
                MessageId = chunk.Id,
                ModelId = chunk.Model ?? _modelId,
                CreatedAt = TimeOf(chunk),
            };
            if (ToUsage(chunk.Usage) is { } usage) update.Contents.Add(new UsageContent(usage));
            if (update.Contents.Count > 0 || update.FinishReason is not null) yield return update;
        }
    }

    private static DateTimeOffset? TimeOf(ApiResponse response) => response.Created is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    private static ChatFinishReason? Reason(string? reason) => string.IsNullOrEmpty(reason) ? null : new ChatFinishReason(reason);

    private static UsageDetails? ToUsage(ApiUsage? usage) => usage is null ? null : new UsageDetails
    {
        InputTokenCount = usage.PromptTokens,
        CachedInputTokenCount = usage.PromptTokensDetails?.CachedTokens,
        OutputTokenCount = usage.CompletionTokens,
        TotalTokenCount = usage.PromptTokens + usage.CompletionTokens,
    };
}
