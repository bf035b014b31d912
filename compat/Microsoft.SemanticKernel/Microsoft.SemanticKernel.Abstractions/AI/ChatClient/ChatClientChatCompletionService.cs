using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.Services;

namespace Microsoft.SemanticKernel.ChatCompletion;

/// <summary>An IChatClient seen as an IChatCompletionService.</summary>
internal sealed class ChatClientChatCompletionService : IChatCompletionService
{
    private readonly IChatClient _client;

    public ChatClientChatCompletionService(IChatClient client)
    {
        _client = client;
        Dictionary<string, object?> attributes = [];
        if (client.GetService<ChatClientMetadata>() is { } metadata)
        {
            if (metadata.ProviderUri is { } uri) attributes[AIServiceExtensions.EndpointKey] = uri.ToString();
            if (metadata.DefaultModelId is { } model) attributes[AIServiceExtensions.ModelIdKey] = model;
        }

        Attributes = attributes;
    }

    public IReadOnlyDictionary<string, object?> Attributes { get; }

    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var response = await _client.GetResponseAsync(chatHistory.ToChatMessages(), executionSettings.ToChatOptions(kernel), cancellationToken).ConfigureAwait(false);
        if (response.Messages.Count == 0) return [];

        // Messages before the last one are steps on the way (tool calls): they belong to the history.
        chatHistory.AddRange(response.Messages.SkipLast(1).Select(message => message.ToChatMessageContent(response)));
        return [response.Messages[^1].ToChatMessageContent(response)];
    }

    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chatHistory);
        var updates = _client.GetStreamingResponseAsync(chatHistory.ToChatMessages(), executionSettings.ToChatOptions(kernel), cancellationToken);
        await foreach (var update in updates.ConfigureAwait(false))
            yield return update.ToStreamingChatMessageContent();
    }
}
