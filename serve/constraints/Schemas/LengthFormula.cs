using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>A string has so many code points.</summary>
internal sealed class LengthFormula(int min, int max) : Formula
{
    public int Min => min;

    public int Max => max;

    public override JsonKinds Subject => JsonKinds.String;

    public override bool Holds(JsonElement value, Trail? trail) => value.ValueKind != JsonValueKind.String || (JsonValues.CodePoints(value.GetString()!) is int length && length >= min && length <= max);
}
