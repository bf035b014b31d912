using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>An array has so many items.</summary>
internal sealed class ItemCountFormula(int min, int max) : Formula
{
    public int Min => min;

    public int Max => max;

    public override JsonKinds Subject => JsonKinds.Array;

    public override bool Holds(JsonElement value, Trail? trail) => value.ValueKind != JsonValueKind.Array || (value.GetArrayLength() >= min && value.GetArrayLength() <= max);
}
