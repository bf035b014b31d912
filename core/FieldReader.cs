using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MhcPipeline.Core;

/// <summary>
/// Reads a JSON object into a record of numbers, texts, truths and records of those. A field that is missing, null or of the wrong kind is refused as one
/// out of range is: with its name, its value and its range.
/// </summary>
/// <param name="origin">What messages call the object: the file's path.</param>
/// <param name="options">How the record is written as JSON; fields that it does not know are refused if <see cref="JsonSerializerOptions.UnmappedMemberHandling"/> says so.</param>
internal sealed class FieldReader(string origin, JsonSerializerOptions options)
{
    private const int LongestValue = 60;

    private readonly Dictionary<string, (string Value, string Kind)> _wrong = new(StringComparer.Ordinal);

    /// <summary>Parses a file's text.</summary>
    /// <exception cref="PipelineException">It is not a JSON object, or a field stands twice.</exception>
    public JsonObject Parse(string text)
    {
        try
        {
            var document = new JsonDocumentOptions { AllowDuplicateProperties = false, AllowTrailingCommas = options.AllowTrailingCommas, CommentHandling = options.ReadCommentHandling };
            return JsonNode.Parse(text, documentOptions: document) as JsonObject ?? throw new PipelineException($"{origin} holds {Shown(text)} where a JSON object with fields should be.");
        }
        catch (JsonException e)
        {
            throw new PipelineException($"{origin} is not JSON: {e.Message}", e);
        }
    }

    /// <summary>Makes the record, and checks its rules.</summary>
    /// <param name="json">Changed: fields of the wrong kind get a value that the record takes.</param>
    /// <param name="rules">What must hold of the record; those of a field of the wrong kind say its range. They are asked even then, so none may throw.</param>
    /// <exception cref="PipelineException">Names the first field that is not as it must be.</exception>
    public T Read<T>(JsonObject json, Func<T, IEnumerable<FieldRule>> rules)
    {
        _wrong.Clear();
        Visit(json, typeof(T), "");
        T record = json.Deserialize<T>(options)!;
        if (_wrong.Count > 0)
        {
            FieldRule? ruled = rules(record).Where(rule => _wrong.ContainsKey(rule.Field)).Select(rule => (FieldRule?)rule).FirstOrDefault();
            string field = ruled?.Field ?? _wrong.Keys.First();
            throw Refused(field, _wrong[field].Value, ruled is null ? _wrong[field].Kind : $"{_wrong[field].Kind}, {ruled.Value.Range}");
        }
        FieldRule.Require(origin, rules(record));
        return record;
    }

    private void Visit(JsonObject json, Type type, string prefix)
    {
        JsonPropertyInfo[] fields = [.. options.GetTypeInfo(type).Properties.Where(property => property.Set is not null)];
        if (options.UnmappedMemberHandling == JsonUnmappedMemberHandling.Disallow && json.Select(field => field.Key).Except(fields.Select(field => field.Name)).FirstOrDefault() is { } unknown)
            throw new PipelineException($"{origin}: there is no field {prefix}{unknown}. {(prefix.Length == 0 ? "There are" : $"{prefix.TrimEnd('.')} has")} {string.Join(", ", fields.Select(field => field.Name))}.");
        foreach (JsonPropertyInfo field in fields)
            Visit(json, field, prefix + field.Name);
    }

    private void Visit(JsonObject json, JsonPropertyInfo field, string path)
    {
        bool stands = json.TryGetPropertyValue(field.Name, out JsonNode? node);
        Type type = Nullable.GetUnderlyingType(field.PropertyType) ?? field.PropertyType;
        bool mayBeNull = type != field.PropertyType || (!type.IsValueType && field.IsSetNullable);
        if (stands ? node is null && mayBeNull : !field.IsRequired)
            return;
        string value = stands ? Shown(node?.ToJsonString() ?? "null") : "missing";
        if (IsRecord(type))
        {
            if (node is not JsonObject inner)
                throw Refused(path, value, $"an object with {string.Join(", ", options.GetTypeInfo(type).Properties.Where(property => property.Set is not null).Select(property => property.Name))}");
            Visit(inner, type, path + ".");
            return;
        }
        (bool fits, string kind, JsonNode instead) = Kind(node as JsonValue, type);
        if (fits)
            return;
        _wrong[path] = (value, kind);
        json[field.Name] = instead;
    }

    /// <summary>Whether a value is of a type, how the type is called, and some value of it.</summary>
    private static (bool Fits, string Kind, JsonNode Instead) Kind(JsonValue? value, Type type)
    {
        bool isNumber = value?.GetValueKind() == JsonValueKind.Number;
        if (type == typeof(int))
            return (isNumber && value!.TryGetValue(out int _), "a whole number", 1);
        if (type == typeof(double))
            return (isNumber && value!.TryGetValue(out double number) && double.IsFinite(number), "a number", 1);
        if (type == typeof(bool))
            return (value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False, "true or false", false);
        return type == typeof(string)
            ? (value?.GetValueKind() == JsonValueKind.String, "a text", "")
            : throw new ArgumentException($"{type} is no kind of field that is read here.", nameof(type));
    }

    private static bool IsRecord(Type type) => type.IsClass && type != typeof(string);

    private static string Shown(string value) => value.Length <= LongestValue ? value : value[..LongestValue] + "...";

    private PipelineException Refused(string field, string value, string range) => new($"{origin}: {field} is {value}; it must be {range}.");
}
