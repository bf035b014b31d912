using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>True or false of every value.</summary>
internal sealed class ConstantFormula(bool holds) : Formula
{
    public static Formula True { get; } = new ConstantFormula(true) { Id = -1 };

    public static Formula False { get; } = new ConstantFormula(false) { Id = -2 };

    public bool IsTrue => holds;

    public override bool Holds(JsonElement value, Trail? trail) => holds;
}
