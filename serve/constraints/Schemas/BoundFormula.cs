using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>A number is above or below a bound, or equal to it.</summary>
internal sealed class BoundFormula(DecimalText bound, bool isUpper, bool isExclusive) : Formula
{
    public DecimalText Bound => bound;

    public bool IsUpper => isUpper;

    public bool IsExclusive => isExclusive;

    public override JsonKinds Subject => JsonKinds.Number;

    public override bool Holds(JsonElement value, Trail? trail)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return true;
        int order = DecimalText.Parse(value.GetRawText()) is { } number ? number.CompareTo(bound) : value.GetDouble().CompareTo(double.Parse(bound.ToString(), System.Globalization.CultureInfo.InvariantCulture));
        return order == 0 ? !isExclusive : isUpper ? order < 0 : order > 0;
    }
}
