using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>Exactly one of several formulas holds.</summary>
internal sealed class OneOfFormula(IReadOnlyList<Formula> branches) : Formula
{
    public IReadOnlyList<Formula> Branches => branches;

    public override bool Holds(JsonElement value, Trail? trail) => branches.Count(branch => branch.Holds(value, null)) == 1;
}
