using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>The value is of one of some kinds.</summary>
internal sealed class KindFormula(JsonKinds kinds) : Formula
{
    public JsonKinds Kinds => kinds;

    public override bool Holds(JsonElement value, Trail? trail)
    {
        JsonKinds kind = JsonValues.KindOf(value);
        return (kinds & kind) == kind;
    }
}
