using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.Services;

namespace Microsoft.SemanticKernel.ChatCompletion;

/// <summary>An IChatCompletionService seen as an IChatClient.</summary>
internal sealed class ChatCompletionServiceChatClient(IChatCompletionService service) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new(
        service.GetType().Name,
        service.GetEndpoint() is { } endpoint ? new Uri(endpoint) : null,
        service.GetModelId());

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var answer = await service.GetChatMessageContentAsync(messages.ToChatHistory(), options.ToPromptExecutionSettings(), kernel: null, cancellationToken).ConfigureAwait(false);
        return new ChatResponse(answer.ToChatMessage())
        {
            ModelId = answer.ModelId,
            RawRepresentation = answer.InnerContent,
        };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var updates = service.GetStreamingChatMessageContentsAsync(messages.ToChatHistory(), options.ToPromptExecutionSettings(), kernel: null, cancellationToken);
        await foreach (var update in updates.ConfigureAwait(false))
            yield return update.ToChatResponseUpdate();
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return new object[] { this, service, _metadata }.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    public void Dispose() => (service as IDisposable)?.Dispose();
}
