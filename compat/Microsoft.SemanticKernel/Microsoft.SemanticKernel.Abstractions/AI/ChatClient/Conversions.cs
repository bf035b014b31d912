using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel.ChatCompletion;

/// <summary>From Microsoft.Extensions.AI's chat types to this package's, and back where the public extensions do not.</summary>
internal static class Conversions
{
    public static ChatHistory ToChatHistory(this IEnumerable<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return new ChatHistory(messages.Select(message => message.ToChatMessageContent()));
    }

    public static List<ChatMessage> ToChatMessages(this ChatHistory history) => [.. history.Select(message => message.ToChatMessage())];

    public static ChatMessageContent ToChatMessageContent(this ChatMessage message, ChatResponse? response = null)
    {
        ChatMessageContent content = new()
        {
            Role = new AuthorRole(message.Role.Value),
            AuthorName = message.AuthorName,
            ModelId = response?.ModelId,
            InnerContent = response?.RawRepresentation ?? message.RawRepresentation,
            Metadata = new AdditionalPropertiesDictionary(message.AdditionalProperties ?? []) { ["Usage"] = response?.Usage },
        };
        foreach (var text in message.Contents.OfType<Microsoft.Extensions.AI.TextContent>())
            content.Items.Add(new TextContent(text.Text, response?.ModelId, text.RawRepresentation, metadata: text.AdditionalProperties));
        return content;
    }

    public static StreamingChatMessageContent ToStreamingChatMessageContent(this ChatResponseUpdate update)
    {
        StreamingChatMessageContent content = new(update.Role is { } role ? new AuthorRole(role.Value) : null, null)
        {
            InnerContent = update.RawRepresentation,
            ModelId = update.ModelId,
            Metadata = update.AdditionalProperties,
        };
        foreach (var item in update.Contents)
        {
            if (item is Microsoft.Extensions.AI.TextContent text)
                content.Items.Add(new StreamingTextContent(text.Text, modelId: update.ModelId, innerContent: text.RawRepresentation));
            else if (item is UsageContent usage)
                content.Metadata = new AdditionalPropertiesDictionary(update.AdditionalProperties ?? []) { ["Usage"] = usage };
        }

        return content;
    }

    public static PromptExecutionSettings? ToPromptExecutionSettings(this ChatOptions? options)
    {
        if (options is null) return null;

        Dictionary<string, object> data = new(StringComparer.OrdinalIgnoreCase);
        Add("temperature", options.Temperature);
        Add("max_tokens", options.MaxOutputTokens);
        Add("frequency_penalty", options.FrequencyPenalty);
        Add("presence_penalty", options.PresencePenalty);
        Add("stop_sequences", options.StopSequences);
        Add("top_p", options.TopP);
        Add("top_k", options.TopK);
        Add("seed", options.Seed);
        Add("response_format", options.ResponseFormat switch
        {
            ChatResponseFormatText => "text",
            ChatResponseFormatJson json => json.Schema ?? (object)"json_object",
            _ => null,
        });
        foreach (var (name, value) in options.AdditionalProperties ?? [])
            Add(name, value);
        return new PromptExecutionSettings { ModelId = options.ModelId, ExtensionData = data };

        void Add(string name, object? value)
        {
            if (value is not null) data[name] = value;
        }
    }
}
