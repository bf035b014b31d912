using System.Globalization;
using System.Text;
using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>Values as JSON Schema compares them.</summary>
internal static class JsonValues
{
    /// <summary>The kind of a value; an integral number is an integer, as 1.0 is.</summary>
    public static JsonKinds KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => JsonKinds.Null,
        JsonValueKind.True or JsonValueKind.False => JsonKinds.Boolean,
        JsonValueKind.Number => DecimalText.Parse(value.GetRawText()) is { IsInteger: true } ? JsonKinds.Integer : JsonKinds.Fraction,
        JsonValueKind.String => JsonKinds.String,
        JsonValueKind.Array => JsonKinds.Array,
        _ => JsonKinds.Object,
    };

    /// <summary>A text that equal values share, and no others: 1, 1.0 and 1e0 are equal, and so are objects with their members in another order.</summary>
    public static string KeyOf(JsonElement value)
    {
        var text = new StringBuilder();
        AddKey(value, text);
        return text.ToString();
    }

    /// <summary>The members of an object; of several with one name the last.</summary>
    public static Dictionary<string, JsonElement> Properties(JsonElement value)
    {
        var all = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
            all[property.Name] = property.Value;
        return all;
    }

    public static int CodePoints(string text) => text.EnumerateRunes().Count();

    public static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text);

    private static void AddKey(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Number:
                text.Append(DecimalText.Parse(value.GetRawText())?.ToString() ?? value.GetRawText());
                break;
            case JsonValueKind.String:
                AddKey(value.GetString()!, text);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    AddKey(item, text);
                    text.Append(',');
                }
                text.Append(']');
                break;
            case JsonValueKind.Object:
                text.Append('{');
                foreach ((string name, JsonElement member) in Properties(value).OrderBy(property => property.Key, StringComparer.Ordinal))
                {
                    AddKey(name, text);
                    AddKey(member, text);
                }
                text.Append('}');
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    // With its length, so that no quote in it can be taken for its end.
    private static void AddKey(string value, StringBuilder text) => text.Append(CultureInfo.InvariantCulture, $"\"{value.Length}:").Append(value);
}
