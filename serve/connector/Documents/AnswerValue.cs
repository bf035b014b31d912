using System.Text.Json;
using System.Text.Json.Nodes;

namespace MhcPipeline.Connector.Documents;

/// <summary>A single value of a JSON text.</summary>
/// <param name="Path">JSON pointer.</param>
/// <param name="Value">Text, number, true, false or null.</param>
/// <param name="Start">Its first byte, in UTF-8; of a text, the first behind the quote.</param>
/// <param name="End">The byte behind it; of a text, its closing quote.</param>
internal sealed record AnswerValue(string Path, JsonNode? Value, int Start, int End)
{
    /// <summary>The values of a JSON text, in its order.</summary>
    /// <exception cref="JsonException">It is not valid JSON.</exception>
    public static IReadOnlyList<AnswerValue> Read(ReadOnlySpan<byte> json)
    {
        List<AnswerValue> values = [];
        Stack<(string Path, int Items)> open = new([("", -1)]); // items is -1 in an object
        string path = "";
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    path = $"{open.Peek().Path}/{reader.GetString()!.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    open.Pop();
                    continue;
            }
            if (open.Peek() is (var list, >= 0 and var item))
            {
                path = $"{list}/{item}";
                open.Pop();
                open.Push((list, item + 1));
            }
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push((path, -1));
                    break;
                case JsonTokenType.StartArray:
                    open.Push((path, 0));
                    break;
                default:
                    int start = (int)reader.TokenStartIndex, quote = reader.TokenType == JsonTokenType.String ? 1 : 0;
                    values.Add(new AnswerValue(path, JsonNode.Parse(json[start..(int)reader.BytesConsumed]), start + quote, (int)reader.BytesConsumed - quote));
                    break;
            }
        }
        return values;
    }
}
