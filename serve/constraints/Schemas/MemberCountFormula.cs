using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>An object has so many members.</summary>
internal sealed class MemberCountFormula(int min, int max) : Formula
{
    public int Min => min;

    public int Max => max;

    public override JsonKinds Subject => JsonKinds.Object;

    public override bool Holds(JsonElement value, Trail? trail) => value.ValueKind != JsonValueKind.Object || (JsonValues.Properties(value).Count is int count && count >= min && count <= max);
}
