using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>All of several formulas hold.</summary>
internal sealed class AllFormula(Formula[] parts) : Formula
{
    public Formula[] Parts => parts;

    public override bool Holds(JsonElement value, Trail? trail)
    {
        bool all = true;
        foreach (Formula part in parts)
        {
            all &= Trail.Ask(part, value, trail);
            if (!all && trail is null)
                return false;
        }
        return all;
    }
}
