using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Data.Records;

/// <summary>A JSON object whose fields are either asked for or reported as unread.</summary>
internal sealed class Fields
{
    private readonly JsonElement _object;
    private readonly List<string> _asked = [];

    /// <exception cref="PipelineException">The value is no object.</exception>
    internal Fields(JsonElement value, Place place, string expected)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw place.Error($"is {JsonKind.Name(value)}; it must be an object with {expected}.");
        (_object, Place) = (value, place);
    }

    internal Place Place { get; }

    /// <summary>Names of all fields.</summary>
    internal IEnumerable<string> Names => _object.EnumerateObject().Select(property => property.Name);

    /// <summary>Whether the field is there and not null.</summary>
    internal bool Has(string name) => _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the field is there, be it null.</summary>
    internal bool Contains(string name) => _object.TryGetProperty(name, out _);

    /// <summary>The field's value; null if it is missing or null.</summary>
    internal JsonElement? Take(string name)
    {
        _asked.Add(name);
        return Has(name) ? _object.GetProperty(name) : null;
    }

    /// <summary>The field's string; null if it is missing or null.</summary>
    /// <exception cref="PipelineException">It is of another kind.</exception>
    internal string? Text(string name) => Take(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Place.Of(name).Error($"is {JsonKind.Name(value)}; it must be a string.");

    /// <summary>Reports the fields that were not asked for and hold something.</summary>
    internal void ReportUnread()
    {
        foreach (JsonProperty field in _object.EnumerateObject())
        {
            if (!_asked.Contains(field.Name) && !JsonKind.IsEmpty(field.Value))
                Place.Unread.Add(Place.Of(field.Name).Field, Place.Origin);
        }
    }
}
