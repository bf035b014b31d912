using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel.ChatCompletion;

public static class ChatCompletionServiceExtensions
{
    /// <remarks>The slice takes the prompt as one user message; the real package also reads prompts written as &lt;message&gt; elements.</remarks>
    public static Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        this IChatCompletionService chatCompletionService,
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default) =>
        chatCompletionService.GetChatMessageContentsAsync(new ChatHistory(prompt, AuthorRole.User), executionSettings, kernel, cancellationToken);

    public static async Task<ChatMessageContent> GetChatMessageContentAsync(
        this IChatCompletionService chatCompletionService,
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default) =>
        (await chatCompletionService.GetChatMessageContentsAsync(prompt, executionSettings, kernel, cancellationToken).ConfigureAwait(false)).Single();

    public static async Task<ChatMessageContent> GetChatMessageContentAsync(
        this IChatCompletionService chatCompletionService,
        ChatHistory chatHistory,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default) =>
        (await chatCompletionService.GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ConfigureAwait(false)).Single();

    public static IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        this IChatCompletionService chatCompletionService,
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        CancellationToken cancellationToken = default) =>
        chatCompletionService.GetStreamingChatMessageContentsAsync(new ChatHistory(prompt, AuthorRole.User), executionSettings, kernel, cancellationToken);

    public static IChatClient AsChatClient(this IChatCompletionService service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return service as IChatClient ?? new ChatCompletionServiceChatClient(service);
    }
}
