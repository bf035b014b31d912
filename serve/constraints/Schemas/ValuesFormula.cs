using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>The value is one of a list.</summary>
internal sealed class ValuesFormula(IReadOnlyList<JsonElement> values) : Formula
{
    private readonly HashSet<string> _keys = [.. values.Select(JsonValues.KeyOf)];

    public IReadOnlyList<JsonElement> Values => values;

    public override bool Holds(JsonElement value, Trail? trail) => _keys.Contains(JsonValues.KeyOf(value));
}
