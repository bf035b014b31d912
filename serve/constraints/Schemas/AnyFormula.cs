using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>At least one of several formulas holds.</summary>
internal sealed class AnyFormula(Formula[] parts) : Formula
{
    public Formula[] Parts => parts;

    public override bool Holds(JsonElement value, Trail? trail)
    {
        foreach (Formula part in parts)
        {
            if (part.Holds(value, null))
                return true;
        }
        return false;
    }
}
