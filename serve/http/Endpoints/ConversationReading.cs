using System.Text.Json;
using MhcPipeline.Core.Text;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>The messages of a chat request as turns.</summary>
internal static class ConversationReading
{
    public static IReadOnlyList<ChatTurn> Read(IReadOnlyList<ChatRequestMessage?>? messages)
    {
        if (messages is null or [])
        {
            throw ApiException.Invalid("'messages' must have at least one message.", "messages", "missing_required_parameter");
        }
        return [.. messages.Select((message, index) => new ChatTurn(Role(message, index), Content(message!.Content, index)))];
    }

    private static string Role(ChatRequestMessage? message, int index) => message?.Role switch
    {
        "system" or "developer" => "system",
        "user" => "user",
        "assistant" => "assistant",
        "tool" or "function" => throw ApiException.Unsupported($"'messages[{index}]' is a tool's result; tools are not supported.", $"messages[{index}].role"),
        var other => throw ApiException.Invalid($"'messages[{index}].role' must be system, developer, user or assistant, but is {(other is null ? "missing" : $"'{other}'")}.", $"messages[{index}].role"),
    };

    private static string Content(JsonElement? content, int index) => content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select((part, number) => Part(part, $"messages[{index}].content[{number}]"))),
        _ => throw ApiException.Invalid($"'messages[{index}].content' must be a string or an array of text parts.", $"messages[{index}].content", "invalid_type"),
    };

    private static string Part(JsonElement part, string where)
    {
        string? type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        if (type != "text")
        {
            throw ApiException.Unsupported($"'{where}' has the type {(type is null ? "none" : $"'{type}'")}; only parts of type 'text' are supported.", where);
        }
        return part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw ApiException.Invalid($"'{where}.text' must be a string.", where + ".text", "invalid_type");
    }
}
