using System.Runtime.CompilerServices;
using MhcPipeline.Connector.Chat;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using KernelText = Microsoft.SemanticKernel.TextContent;

namespace MhcPipeline.Connector.SemanticKernel;

/// <summary>
/// An mHC model as Semantic Kernel's chat and text service, over either client. Chat goes through the chat template; text generation
/// continues the prompt as it stands. Function calling is refused with <see cref="NotSupportedException"/>.
/// </summary>
public sealed class MhcChatCompletionService : IChatCompletionService, ITextGenerationService, IDisposable, IAsyncDisposable
{
    private readonly IChatClient _client;
    private readonly ITextModel _text;

    /// <summary>A service over a run in this process.</summary>
    /// <param name="client">The client; disposed with the service.</param>
    public MhcChatCompletionService(MhcChatClient client) : this(client, client)
    {
    }

    /// <summary>A service over an endpoint.</summary>
    /// <param name="client">The client; disposed with the service.</param>
    public MhcChatCompletionService(MhcHttpChatClient client) : this(client, client)
    {
    }

    private MhcChatCompletionService(IChatClient client, ITextModel text)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _text = text;
        var metadata = client.GetService<ChatClientMetadata>()!;
        Dictionary<string, object?> attributes = new() { [AIServiceExtensions.ModelIdKey] = metadata.DefaultModelId };
        if (metadata.ProviderUri is { } endpoint) attributes[AIServiceExtensions.EndpointKey] = endpoint.ToString();
        Attributes = attributes;
    }

    /// <summary>The model's name and, over HTTP, the endpoint.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; }

    /// <inheritdoc />
    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        var response = await _client.GetResponseAsync(ToMessages(chatHistory), ToOptions(executionSettings), cancellationToken).ConfigureAwait(false);
        return [new ChatMessageContent(AuthorRole.Assistant, response.Text, response.ModelId, response, metadata: MetadataOf(response))];
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var updates = _client.GetStreamingResponseAsync(ToMessages(chatHistory), ToOptions(executionSettings), cancellationToken);
        await foreach (var update in updates.ConfigureAwait(false))
            yield return new StreamingChatMessageContent(AuthorRole.Assistant, update.Text, update, modelId: update.ModelId, metadata: MetadataOf(update));
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<KernelText>> GetTextContentsAsync(
        string prompt, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        var response = await _text.ContinueAsync(prompt, ToOptions(executionSettings), cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);
        return [new KernelText(response.Text, response.ModelId, response, metadata: MetadataOf(response))];
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<StreamingTextContent> GetStreamingTextContentsAsync(
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var updates = _text.ContinueAsync(prompt, ToOptions(executionSettings), cancellationToken);
        await foreach (var update in updates.ConfigureAwait(false))
            yield return new StreamingTextContent(update.Text, modelId: update.ModelId, innerContent: update, metadata: MetadataOf(update));
    }

    /// <summary>Disposes the client.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>Disposes the client.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_client is IAsyncDisposable client) await client.DisposeAsync().ConfigureAwait(false);
        else _client.Dispose();
    }

    private static ChatOptions ToOptions(PromptExecutionSettings? settings) => MhcPromptExecutionSettings.FromExecutionSettings(settings).ToOptions();

    private static List<ChatMessage> ToMessages(ChatHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        return [.. history.Select(message => new ChatMessage(new ChatRole(message.Role.Label), TextOf(message)) { AuthorName = message.AuthorName })];
    }

    private static string TextOf(ChatMessageContent message) => string.Concat(message.Items.Select(item => item is KernelText text
        ? text.Text
        : throw new NotSupportedException($"A message has {item.GetType().Name}, but this model reads text only.")));

    private static Dictionary<string, object?> MetadataOf(ChatResponse response) => new()
    {
        ["Id"] = response.ResponseId,
        ["CreatedAt"] = response.CreatedAt,
        ["FinishReason"] = response.FinishReason?.Value,
        ["Usage"] = response.Usage,
    };

    private static Dictionary<string, object?> MetadataOf(ChatResponseUpdate update) => new()
    {
        ["Id"] = update.ResponseId,
        ["CreatedAt"] = update.CreatedAt,
        ["FinishReason"] = update.FinishReason?.Value,
        ["Usage"] = update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details,
    };
}
