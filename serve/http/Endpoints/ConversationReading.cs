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
        HashSet<string> called = [];
        return [.. messages.Select((message, index) => Read(message, $"messages[{index}]", called))];
    }

    /// <summary>A string, or text parts of some types.</summary>
    public static string Content(JsonElement? content, string where, params ReadOnlySpan<string> types)
    {
        switch (content)
        {
            case { ValueKind: JsonValueKind.String } text:
                return text.GetString()!;
            case { ValueKind: JsonValueKind.Array } parts:
                string joined = "";
                int number = 0;
                foreach (JsonElement part in parts.EnumerateArray())
                {
                    joined += Part(part, $"{where}[{number++}]", types);
                }
                return joined;
            default:
                throw ApiException.Invalid($"'{where}' must be a string or an array of text parts.", where, "invalid_type");
        }
    }

    private static ChatTurn Read(ChatRequestMessage? message, string where, HashSet<string> called)
    {
        OtherFields.RequireSentBack(message?.Others, where);
        ChatTurn turn = Turn(message, where, called);
        return message is { Name: not null, Role: not "tool" }
            ? throw ApiException.Unsupported($"'{where}.name' is not supported: the chat template has no names of speakers. Say it in 'content'.", where + ".name")
            : turn;
    }

    private static ChatTurn Turn(ChatRequestMessage? message, string where, HashSet<string> called)
    {
        string content = where + ".content";
        switch (message?.Role)
        {
            case "system" or "developer":
                return new ChatTurn("system", Content(message.Content, content, "text"));
            case "user":
                return new ChatTurn("user", Content(message.Content, content, "text"));
            case "assistant":
                string said = message is { Content: null or { ValueKind: JsonValueKind.Null }, ToolCalls.Count: > 0 } ? "" : Content(message.Content, content, "text", "refusal");
                return new ChatTurn("assistant", ToolText.Call(said, (message.ToolCalls ?? []).Select((call, index) => Call(call, $"{where}.tool_calls[{index}]", called))));
            case "tool":
                if (message.ToolCallId is null || !called.Contains(message.ToolCallId))
                {
                    throw ApiException.Invalid($"'{where}.tool_call_id' must be the id of a call in an assistant's message before it, but is {(message.ToolCallId is { } id ? $"'{id}'" : "missing")}.", where + ".tool_call_id");
                }
                return new ChatTurn("tool", Content(message.Content, content, "text"));
            case "function":
                throw ApiException.Unsupported($"'{where}' has the older role function: send the result with the role tool and its 'tool_call_id'.", where + ".role");
            default:
                throw ApiException.Invalid($"'{where}.role' must be system, developer, user, assistant or tool, but is {(message?.Role is { } other ? $"'{other}'" : "missing")}.", where + ".role");
        }
    }

    private static (string Name, string Arguments) Call(ChatToolCall? call, string where, HashSet<string> called)
    {
        if (call?.Id is not { } id || call.Function?.Name is not { } name)
        {
            throw ApiException.Invalid($"'{where}' must have an id and a function with a name.", where, "missing_required_parameter");
        }
        if (call.Type is not null and not "function")
        {
            throw ApiException.Unsupported($"'{where}.type' is '{call.Type}'; only 'function' is supported.", where + ".type");
        }
        OtherFields.RequireSentBack(call.Others, where);
        OtherFields.RequireSentBack(call.Function.Others, where + ".function");
        called.Add(id);
        return (name, Arguments(call.Function.Arguments, where + ".function.arguments"));
    }

    /// <summary>As they are, so that what the model wrote comes back to it unchanged.</summary>
    public static string Arguments(string? json, string where)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json ?? "");
            return json!;
        }
        catch (JsonException)
        {
            throw ApiException.Invalid($"'{where}' must be a JSON object as text.", where);
        }
    }

    private static string Part(JsonElement part, string where, ReadOnlySpan<string> types)
    {
        string? type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
        if (type is null || !types.Contains(type))
        {
            throw ApiException.Unsupported($"'{where}' has the type {(type is null ? "none" : $"'{type}'")}; only parts of type '{string.Join("' and '", types)}' are supported.", where);
        }
        return part.TryGetProperty(type == "refusal" ? type : "text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw ApiException.Invalid($"'{where}.text' must be a string.", where + ".text", "invalid_type");
    }
}
