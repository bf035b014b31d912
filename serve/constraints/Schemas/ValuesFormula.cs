using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>The value is one of a list.</summary>
internal sealed class ValuesFormula(IReadOnlyList<JsonElement> values) : Formula
{
    private readonly HashSet<string>? _texts = values.All(value => value.ValueKind == JsonValueKind.String) ? [.. values.Select(value => value.GetString()!)] : null;

    public IReadOnlyList<JsonElement> Values => values;

    public override bool Holds(JsonElement value, Trail? trail) => _texts is not null
        ? value.ValueKind == JsonValueKind.String && _texts.Contains(value.GetString()!)
        : values.Any(one => JsonValues.AreEqual(one, value));
}
