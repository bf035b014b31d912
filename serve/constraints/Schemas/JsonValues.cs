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

    public static bool AreEqual(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != b.ValueKind)
            return false;
        switch (a.ValueKind)
        {
            case JsonValueKind.Number:
                return DecimalText.Parse(a.GetRawText()) is { } left && DecimalText.Parse(b.GetRawText()) is { } right ? left == right : a.GetRawText() == b.GetRawText();
            case JsonValueKind.String:
                return a.GetString() == b.GetString();
            case JsonValueKind.Array:
                return a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(pair => AreEqual(pair.First, pair.Second));
            case JsonValueKind.Object:
                Dictionary<string, JsonElement> others = Properties(b);
                Dictionary<string, JsonElement> own = Properties(a);
                return own.Count == others.Count && own.All(property => others.TryGetValue(property.Key, out JsonElement other) && AreEqual(property.Value, other));
            default:
                return true;
        }
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
}
