using System.Text.Encodings.Web;
using System.Text.Json;
using MhcPipeline.Client.Contract;
using Microsoft.Extensions.AI;

namespace MhcPipeline.Client.Mapping;

/// <summary>Chat messages as the ones that models were trained on.</summary>
internal static class MessageMapping
{
    // What the model wrote comes back to it as it wrote it: without escapes and white space that JSON does not ask for.
    private static readonly JsonSerializerOptions _plain = new(AIJsonUtilities.DefaultOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };

    /// <summary>The messages, with the options' instructions in front as a system message.</summary>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="NotSupportedException">A message has content other than text, function calls and their results, or a role that is unknown.</exception>
    public static IReadOnlyList<ModelMessage> ToMessages(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        List<ModelMessage> all = [.. messages.SelectMany(ToMessages)];
        if (all.Count == 0) throw new ArgumentException("A conversation needs at least one message.", nameof(messages));
        if (!string.IsNullOrEmpty(options?.Instructions)) all.Insert(0, new ModelMessage("system", options.Instructions));
        return all;
    }

    // A message with several results is one message a result: each names the call that it answers.
    private static IEnumerable<ModelMessage> ToMessages(ChatMessage message)
    {
        string role = RoleOf(message.Role);
        List<ModelCall> calls = [];
        List<ModelMessage> results = [];
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextContent or TextReasoningContent or UsageContent:
                    break;
                case FunctionCallContent call when role == "assistant":
                    calls.Add(new ModelCall(call.CallId, call.Name, JsonOf(call.Arguments ?? new Dictionary<string, object?>())));
                    break;
                case FunctionResultContent result when role != "assistant":
                    results.Add(new ModelMessage("tool", result.Result as string ?? JsonOf(result.Result)) { CallId = result.CallId });
                    break;
                default:
                    throw new NotSupportedException($"A message of the {role} has {content.GetType().Name}, but these models read text, an assistant's function calls and their results only.");
            }
        }
        if (role == "tool")
            return results.Count > 0 ? results : throw new NotSupportedException("A message of a tool has no FunctionResultContent: its call cannot be told.");
        ModelMessage said = new(role, message.Text) { Calls = calls };
        return results.Count == 0 ? [said] : said.Text.Length == 0 ? results : [.. results, said];
    }

    private static string JsonOf(object? value) => value is JsonElement { ValueKind: JsonValueKind.String } text
        ? text.GetString()!
        : JsonSerializer.Serialize(value, _plain.GetTypeInfo(value?.GetType() ?? typeof(object)));

    private static string RoleOf(ChatRole role) => role.Value.ToLowerInvariant() switch
    {
        "system" or "developer" => "system",
        "user" => "user",
        "assistant" => "assistant",
        "tool" => "tool",
        var other => throw new NotSupportedException($"A message has the role '{other}'; these models know system, user, assistant and tool."),
    };
}
