using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Microsoft.SemanticKernel;

public static class PromptExecutionSettingsExtensions
{
    private static readonly string[] BaseProperties = ["service_id", "model_id", "function_choice_behavior"];

    [return: NotNullIfNotNull(nameof(settings))]
    public static ChatOptions? ToChatOptions(this PromptExecutionSettings? settings, Kernel? kernel)
    {
        if (settings is null) return null;

        // Through JSON, so that a derived type's properties appear under the same names as loose extension data.
        JsonElement json = JsonSerializer.SerializeToElement(settings, settings.GetType());
        ChatOptions options = new() { ModelId = settings.ModelId };
        foreach (JsonProperty property in json.EnumerateObject())
        {
            if (!BaseProperties.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
                Set(options, property.Name, property.Value);
        }

        return options;
    }

    private static void Set(ChatOptions options, string name, JsonElement value)
    {
        switch (name.ToLowerInvariant())
        {
            case "temperature" when TryRead(value, out float x): options.Temperature = x; break;
            case "top_p" when TryRead(value, out float x): options.TopP = x; break;
            case "top_k" when TryRead(value, out int x): options.TopK = x; break;
            case "seed" when TryRead(value, out long x): options.Seed = x; break;
            case "max_tokens" when TryRead(value, out int x): options.MaxOutputTokens = x; break;
            case "frequency_penalty" when TryRead(value, out float x): options.FrequencyPenalty = x; break;
            case "presence_penalty" when TryRead(value, out float x): options.PresencePenalty = x; break;
            case "stop_sequences" when TryRead(value, out List<string>? x): options.StopSequences = x; break;
            case "chat_system_prompt" or "chat_developer_prompt" or "systeminstruction" when TryRead(value, out string? x): options.Instructions = x; break;
            case "response_format": options.ResponseFormat = ToResponseFormat(value); break;
            default: (options.AdditionalProperties ??= [])[name] = ToPlainValue(value); break;
        }
    }

    private static ChatResponseFormat? ToResponseFormat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.ValueEquals("text") => ChatResponseFormat.Text,
        JsonValueKind.String when value.ValueEquals("json_object") => ChatResponseFormat.Json,
        JsonValueKind.String => null,
        _ => ChatResponseFormat.ForJsonSchema(value),
    };

    private static object? ToPlainValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => value,
    };

    private static bool TryRead<T>(JsonElement value, [NotNullWhen(true)] out T? result)
    {
        try
        {
            // A number given as text ("0.2") is accepted where a number is meant.
            result = value.Deserialize<T>(JsonSerializerOptions.Web);
            return result is not null;
        }
        catch (JsonException)
        {
            result = default;
            return false;
        }
    }
}
