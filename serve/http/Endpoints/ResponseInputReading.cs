using System.Text.Json;
using MhcPipeline.Core.Text;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>The input of a response as turns. A message of the assistant and the calls behind it are one turn.</summary>
internal sealed class ResponseInputReading
{
    private readonly List<ChatTurn> _turns = [];
    private readonly HashSet<string> _called = [];
    private readonly List<(string Name, string Arguments)> _calls = [];
    private string? _said;

    private ResponseInputReading()
    {
    }

    public static IReadOnlyList<ChatTurn> Read(JsonElement? input, string? instructions)
    {
        var reading = new ResponseInputReading();
        if (!string.IsNullOrEmpty(instructions))
        {
            reading._turns.Add(new ChatTurn("system", instructions));
        }
        switch (input)
        {
            case { ValueKind: JsonValueKind.String } text:
                reading._turns.Add(new ChatTurn("user", text.GetString()!));
                break;
            case { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() > 0:
                int index = 0;
                foreach (JsonElement item in items.EnumerateArray())
                {
                    reading.Add(item, $"input[{index++}]");
                }
                break;
            default:
                throw ApiException.Invalid("'input' must be a string or an array with at least one item.", "input", input is null ? "missing_required_parameter" : "invalid_type");
        }
        reading.EndAssistant();
        return reading._turns;
    }

    private void Add(JsonElement item, string where)
    {
        switch (Text(item, "type") ?? (Text(item, "role") is null ? null : "message"))
        {
            case "message":
                AddMessage(item, where);
                break;
            case "function_call":
                _called.Add(Required(item, "call_id", where));
                _calls.Add((Required(item, "name", where), ConversationReading.Arguments(Text(item, "arguments"), where + ".arguments")));
                break;
            case "function_call_output":
                string id = Required(item, "call_id", where);
                if (!_called.Contains(id))
                {
                    throw ApiException.Invalid($"'{where}.call_id' must be the call_id of a function_call before it, but is '{id}'.", where + ".call_id");
                }
                EndAssistant();
                _turns.Add(new ChatTurn("tool", Content(item, "output", where)));
                break;
            case { } other:
                throw ApiException.Unsupported($"'{where}' has the type '{other}'; only message, function_call and function_call_output are supported.", where + ".type");
            default:
                throw ApiException.Invalid($"'{where}' must be an object with a type or a role.", where, "invalid_type");
        }
    }

    private void AddMessage(JsonElement item, string where)
    {
        string content = Content(item, "content", where);
        EndAssistant();
        switch (Text(item, "role"))
        {
            case "assistant":
                _said = content;
                break;
            case "system" or "developer":
                _turns.Add(new ChatTurn("system", content));
                break;
            case "user":
                _turns.Add(new ChatTurn("user", content));
                break;
            case var other:
                throw ApiException.Invalid($"'{where}.role' must be system, developer, user or assistant, but is {(other is null ? "missing" : $"'{other}'")}.", where + ".role");
        }
    }

    private void EndAssistant()
    {
        if (_said is not null || _calls.Count > 0)
        {
            _turns.Add(new ChatTurn("assistant", ToolText.Call(_said ?? "", _calls)));
        }
        _said = null;
        _calls.Clear();
    }

    private static string Content(JsonElement item, string field, string where) =>
        ConversationReading.Content(item.TryGetProperty(field, out JsonElement content) ? content : null, $"{where}.{field}", "input_text", "output_text", "text");

    private static string Required(JsonElement item, string field, string where) =>
        Text(item, field) ?? throw ApiException.Invalid($"'{where}.{field}' must be a string.", $"{where}.{field}", "missing_required_parameter");

    private static string? Text(JsonElement item, string field) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
