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
        JsonElement[] items = [.. value.EnumerateArray()];
        for (int i = 1; i < items.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (JsonValues.AreEqual(items[i], items[j]))
                    return false;
            }
        }
        return true;
    }
}
