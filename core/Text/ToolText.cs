using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MhcPipeline.Core.Text;

/// <summary>
/// How tools stand in the text of a conversation. A system turn that offers tools ends with them, one JSON object a line between
/// <c>&lt;tools&gt;</c> and <c>&lt;/tools&gt;</c>. An assistant's turn that calls some ends with each call as
/// <c>{"name": ..., "arguments": {...}}</c> between <c>&lt;tool_call&gt;</c> and <c>&lt;/tool_call&gt;</c>. A result is a turn of role
/// <c>tool</c> with what the tool gave back. The chat template of tokenizer_config.json writes the same.
/// </summary>
public static class ToolText
{
    /// <summary>Begins a call.</summary>
    public const string CallBegin = "<tool_call>";

    /// <summary>Ends a call.</summary>
    public const string CallEnd = "</tool_call>";

    /// <summary>The content of a system turn that offers tools.</summary>
    /// <param name="system">What else the system says; may be empty.</param>
    /// <param name="tools">The tools, each as its JSON object.</param>
    public static string Offer(string system, IEnumerable<JsonElement> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        var text = new StringBuilder(system).Append(system.Length > 0 ? "\n\n" : "").Append("<tools>\n");
        foreach (JsonElement tool in tools)
        {
            Append(text, tool);
            text.Append('\n');
        }
        return text.Append("</tools>").ToString();
    }

    /// <summary>The content of an assistant's turn that calls tools.</summary>
    /// <param name="said">What else the assistant says; may be empty.</param>
    /// <param name="calls">Name and arguments (JSON) of each call.</param>
    public static string Call(string said, IEnumerable<(string Name, string Arguments)> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        var text = new StringBuilder(said);
        foreach ((string name, string arguments) in calls)
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(CallHead(name)).Append(arguments).Append(CallTail);
        }
        return text.ToString();
    }

    /// <summary>A call up to its arguments.</summary>
    public static string CallHead(string name)
    {
        var text = new StringBuilder(CallBegin).Append("\n{\"name\": ");
        AppendString(text, name);
        return text.Append(", \"arguments\": ").ToString();
    }

    /// <summary>A call after its arguments.</summary>
    public const string CallTail = "}\n" + CallEnd;

    /// <summary>JSON on one line, spaced as Python writes it, which is what templates' <c>tojson</c> gives.</summary>
    public static string Json(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonElement value)
    {
        string separator = "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    text.Append(separator);
                    AppendString(text, property.Name);
                    text.Append(": ");
                    Append(text, property.Value);
                    separator = ", ";
                }
                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    text.Append(separator);
                    Append(text, item);
                    separator = ", ";
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                AppendString(text, value.GetString()!);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    /// <summary>Escapes what JSON requires and nothing else.</summary>
    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }
        text.Append('"');
    }
}
