using System.Text;
using System.Text.Json;

namespace MhcPipeline.Schemas;

/// <summary>JSON as Python's json module writes it by default, which is what MaskBench feeds to engines: a blank after each comma and colon, only what must be escaped escaped.</summary>
internal static class SpacedJson
{
    public static string Write(JsonElement value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    private static void Write(JsonElement value, StringBuilder text)
    {
        bool first = true;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (JsonProperty member in value.EnumerateObject())
                {
                    text.Append(first ? "" : ", ");
                    Write(member.Name, text);
                    text.Append(": ");
                    Write(member.Value, text);
                    first = false;
                }
                text.Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    text.Append(first ? "" : ", ");
                    Write(item, text);
                    first = false;
                }
                text.Append(']');
                break;
            case JsonValueKind.String:
                Write(value.GetString()!, text);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void Write(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in value)
        {
            string? escaped = c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => FormattableString.Invariant($"\\u{(int)c:x4}"),
                _ => null,
            };
            _ = escaped is null ? text.Append(c) : text.Append(escaped);
        }
        text.Append('"');
    }
}
