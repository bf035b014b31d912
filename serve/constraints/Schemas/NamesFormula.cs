using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>What the names of an object's members are.</summary>
internal sealed class NamesFormula(Formula name) : Formula
{
    public Formula Name => name;

    public override JsonKinds Subject => JsonKinds.Object;

    public override bool Holds(JsonElement value, Trail? trail) =>
        value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => name.Holds(JsonValues.Text(member.Name), null));
}
