using System.Runtime.CompilerServices;
using MhcPipeline.Client;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using KernelText = Microsoft.SemanticKernel.TextContent;

namespace MhcPipeline.Connector.SemanticKernel;

/// <summary>Continues a prompt as it stands, without the chat template, as Semantic Kernel's text service. For chat there is <c>AsChatCompletionService()</c> of any client.</summary>
public sealed class MhcTextGenerationService : ITextGenerationService
{
    private readonly MhcChatClient _client;

    /// <summary>A service over a client, which stays the caller's.</summary>
    /// <param name="client">The client.</param>
    public MhcTextGenerationService(MhcChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        var metadata = client.GetService<ChatClientMetadata>()!;
        Dictionary<string, object?> attributes = new() { [AIServiceExtensions.ModelIdKey] = metadata.DefaultModelId };
        if (metadata.ProviderUri is { } endpoint) attributes[AIServiceExtensions.EndpointKey] = endpoint.ToString();
        Attributes = attributes;
    }

    /// <summary>The model's name and, over HTTP, the endpoint.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; }

    /// <inheritdoc />
    public async Task<IReadOnlyList<KernelText>> GetTextContentsAsync(
        string prompt, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        var response = await _client.ContinueAsync(prompt, ToOptions(executionSettings), cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);
        return [new KernelText(response.Text, response.ModelId, response, metadata: Metadata(response.ResponseId, response.CreatedAt, response.FinishReason, response.Usage))];
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<StreamingTextContent> GetStreamingTextContentsAsync(
        string prompt,
        PromptExecutionSettings? executionSettings = null,
        Kernel? kernel = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var updates = _client.ContinueAsync(prompt, ToOptions(executionSettings), cancellationToken);
        await foreach (var update in updates.ConfigureAwait(false))
        {
            var usage = update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details;
            yield return new StreamingTextContent(
                update.Text, modelId: update.ModelId, innerContent: update, metadata: Metadata(update.ResponseId, update.CreatedAt, update.FinishReason, usage));
        }
    }

    // Functions are for chat: a prompt that carries a choice of them is continued without.
    private static ChatOptions? ToOptions(PromptExecutionSettings? settings)
    {
        if (settings is null) return null;
        var own = (MhcPromptExecutionSettings)MhcPromptExecutionSettings.FromExecutionSettings(settings).Clone();
        own.FunctionChoiceBehavior = null;
        return own.ToChatOptions(kernel: null);
    }

    private static Dictionary<string, object?> Metadata(string? id, DateTimeOffset? created, ChatFinishReason? reason, UsageDetails? usage) => new()
    {
        ["Id"] = id,
        ["CreatedAt"] = created,
        ["FinishReason"] = reason?.Value,
        ["Usage"] = usage,
    };
}
