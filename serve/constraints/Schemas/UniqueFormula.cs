using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>No two items of an array are equal. Only checked.</summary>
internal sealed class UniqueFormula : Formula
{
    public override JsonKinds Subject => JsonKinds.Array;

    public override bool Holds(JsonElement value, Trail? trail)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return true;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        return value.EnumerateArray().All(item => keys.Add(JsonValues.KeyOf(item)));
    }
}
