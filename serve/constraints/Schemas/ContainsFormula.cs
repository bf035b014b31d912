using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>So many items of an array are as described.</summary>
internal sealed class ContainsFormula(Formula item, int min, int max) : Formula
{
    public Formula Item => item;

    public int Min => min;

    public int Max => max;

    public override JsonKinds Subject => JsonKinds.Array;

    public override bool Holds(JsonElement value, Trail? trail) =>
        value.ValueKind != JsonValueKind.Array || (value.EnumerateArray().Count(one => item.Holds(one, null)) is int count && count >= min && count <= max);
}
