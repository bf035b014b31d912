using System.Runtime.CompilerServices;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;

namespace MhcPipeline.Compat.Tests.SemanticKernel;

/// <summary>Answers with the last message in capitals; remembers the settings it was given.</summary>
public sealed class EchoService(string model) : IChatCompletionService
{
    public PromptExecutionSettings? Settings { get; private set; }

    public IReadOnlyDictionary<string, object?> Attributes { get; } = new Dictionary<string, object?>
    {
        [AIServiceExtensions.ModelIdKey] = model,
        [AIServiceExtensions.EndpointKey] = "http://127.0.0.1:1/",
    };

    public Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        Settings = executionSettings;
        return Task.FromResult<IReadOnlyList<ChatMessageContent>>([new ChatMessageContent(AuthorRole.Assistant, chatHistory[^1].Content!.ToUpperInvariant(), model)]);
    }

    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var letter in chatHistory[^1].Content!)
        {
            await Task.Yield();
            yield return new StreamingChatMessageContent(AuthorRole.Assistant, char.ToUpperInvariant(letter).ToString(), modelId: model);
        }
    }
}
