using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>What another place of the schema says, which may be a place around this one.</summary>
internal sealed class ReferenceFormula : Formula
{
    public Formula Target { get; set; } = ConstantFormula.True;

    public override bool Holds(JsonElement value, Trail? trail) => Trail.Ask(Target, value, trail);
}
