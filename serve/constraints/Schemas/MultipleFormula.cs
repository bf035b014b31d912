using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>A number is a multiple of another.</summary>
internal sealed class MultipleFormula(DecimalText divisor) : Formula
{
    public DecimalText Divisor => divisor;

    public override JsonKinds Subject => JsonKinds.Number;

    public override bool Holds(JsonElement value, Trail? trail) =>
        value.ValueKind != JsonValueKind.Number || (DecimalText.Parse(value.GetRawText()) is { } number && number.IsMultipleOf(divisor));
}
