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
            int before = trail?.Failures.Count ?? 0;
            if (part.Holds(value, trail))
                continue;
            all = false;
            if (trail is null)
                return false;
            if (trail.Failures.Count == before)
                trail.Fail(part.Source);
        }
        return all;
    }
}
