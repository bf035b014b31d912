using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Data.Records;

/// <summary>Reads a list of turns, each with <c>role</c> and <c>content</c> (OpenAI) or with <c>from</c> and <c>value</c> (ShareGPT).</summary>
internal static class Turns
{
    private const string Assistant = "assistant";

    private const string FunctionCall = "function_call";

    /// <summary>Who speaks, in ShareGPT's words, and the role that it is.</summary>
    private static readonly Dictionary<string, string> _speakers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["human"] = "user",
        ["user"] = "user",
        ["gpt"] = Assistant,
        ["chatgpt"] = Assistant,
        ["bing"] = Assistant,
        ["bard"] = Assistant,
        ["model"] = Assistant,
        [Assistant] = Assistant,
        ["system"] = "system",
        ["tool"] = "tool",
        ["observation"] = "tool",
        ["function_response"] = "tool",
        [FunctionCall] = Assistant,
        ["tool_call"] = Assistant,
    };

    /// <summary>The turns of a list.</summary>
    /// <exception cref="PipelineException">It is no list of turns.</exception>
    internal static List<ChatTurn> Read(JsonElement list, Place place)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw place.Error("must be a list of at least one turn.");
        List<ChatTurn> turns = new(list.GetArrayLength());
        foreach (JsonElement element in list.EnumerateArray())
        {
            Fields turn = new(element, place.Item(turns.Count), "`role` and `content`, or `from` and `value`");
            turns.Add(turn.Has("from") && !turn.Has("role") ? OfSpeaker(turn) : OfRole(turn));
            turn.ReportUnread();
        }
        return turns;
    }

    /// <summary>JSON that stands in a string.</summary>
    /// <exception cref="PipelineException">It is none.</exception>
    internal static JsonElement Parse(string json, Place place)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException e)
        {
            throw place.Error($"is a string that should hold JSON: {e.Message}");
        }
    }

    private static ChatTurn OfRole(Fields turn)
    {
        if (turn.Take("role") is not { ValueKind: JsonValueKind.String } name || !IsRole(name.GetString()!))
            throw turn.Place.Of("role").Error("must be a word such as \"user\" or \"assistant\".");
        string role = name.GetString() is "developer" ? "system" : name.GetString()!;
        List<(string, string)> calls = Calls(turn);
        if (calls.Count > 0 && role != Assistant)
            throw turn.Place.Error($"has the role {role} and calls a tool; only the assistant calls tools.");
        if (calls.Count == 0 && !turn.Contains("content"))
            throw turn.Place.Error("has no `content`.");
        if (role == "tool")
            turn.Take("tool_call_id"); // results stand in the order of their calls
        string content = turn.Take("content") is { } value ? Content(value, turn.Place.Of("content"))
            : calls.Count > 0 ? "" : throw turn.Place.Of("content").Error("is null; it must be a string.");
        return new ChatTurn(role, ToolText.Call(content, calls)) { IsLearnt = Weight.Of(turn, role == Assistant) };
    }

    private static ChatTurn OfSpeaker(Fields turn)
    {
        string speaker = turn.Text("from")!;
        if (!_speakers.TryGetValue(speaker, out string? role))
            throw turn.Place.Of("from").Error($"is \"{speaker}\"; known are {string.Join(", ", _speakers.Keys)}.");
        string value = turn.Text("value") ?? throw turn.Place.Error("has no `value`.");
        if (speaker is FunctionCall or "tool_call")
            value = ToolText.Call("", Named(Parse(value, turn.Place.Of("value")), turn.Place.Of("value")));
        return new ChatTurn(role, value) { IsLearnt = Weight.Of(turn, role == Assistant) };
    }

    private static string Content(JsonElement content, Place place)
    {
        if (content.ValueKind == JsonValueKind.String)
            return content.GetString()!;
        if (content.ValueKind != JsonValueKind.Array)
            throw place.Error($"is {JsonKind.Name(content)}; it must be a string or a list of text parts.");
        List<string> parts = [];
        foreach (JsonElement element in content.EnumerateArray())
        {
            Fields part = new(element, place.Item(parts.Count), "`type` and `text`");
            if (part.Take("type") is not { ValueKind: JsonValueKind.String } type || !type.ValueEquals("text"u8) || part.Text("text") is not { } text)
                throw part.Place.Error("is not a text part; only {\"type\": \"text\", \"text\": ...} is read.");
            part.ReportUnread();
            parts.Add(text);
        }
        return string.Concat(parts);
    }

    /// <summary>The calls of a turn: <c>tool_calls</c>, and <c>function_call</c> as it was called before.</summary>
    private static List<(string Name, string Arguments)> Calls(Fields turn)
    {
        List<(string, string)> calls = [];
        if (turn.Take("tool_calls") is { } list)
        {
            Place place = turn.Place.Of("tool_calls");
            if (list.ValueKind != JsonValueKind.Array)
                throw place.Error($"is {JsonKind.Name(list)}; it must be a list of calls.");
            foreach (JsonElement element in list.EnumerateArray())
            {
                Fields call = new(element, place.Item(calls.Count), "`function`");
                if (call.Text("type") is { } type && type != "function")
                    throw call.Place.Of("type").Error($"is \"{type}\"; only calls of functions are read.");
                call.Take("id");
                call.Take("index");
                calls.Add(call.Take("function") is { } function ? Call(new Fields(function, call.Place.Of("function"), "`name` and `arguments`")) : Call(call));
                call.ReportUnread();
            }
        }
        if (turn.Take(FunctionCall) is { } older)
            calls.AddRange(Named(older, turn.Place.Of(FunctionCall)));
        return calls;
    }

    /// <summary>A call, or a list of calls, each an object with name and arguments.</summary>
    private static List<(string Name, string Arguments)> Named(JsonElement value, Place place)
    {
        JsonElement[] calls = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return [.. calls.Select(call => Call(new Fields(call, place, "`name` and `arguments`")))];
    }

    private static (string Name, string Arguments) Call(Fields function)
    {
        string name = function.Text("name") is { Length: > 0 } text ? text : throw function.Place.Error("has no `name`.");
        Place place = function.Place.Of("arguments");
        string arguments = function.Take("arguments") switch
        {
            null => "{}",
            { ValueKind: JsonValueKind.String } json => json.GetString()!.Trim(),
            { } value => ToolText.Json(value),
        };
        if (Parse(arguments, place).ValueKind != JsonValueKind.Object)
            throw place.Error("must be a JSON object, or a string that holds one.");
        function.ReportUnread();
        return (name, arguments);
    }

    /// <summary>A role stands in the chat template's header line, so nothing that could end the line may be in it.</summary>
    private static bool IsRole(string role) => role.Length is > 0 and <= 32 && role.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}
