using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>A formula does not hold.</summary>
internal sealed class NotFormula(Formula part) : Formula
{
    public Formula Part => part;

    public override bool Holds(JsonElement value, Trail? trail) => !part.Holds(value, null);
}
