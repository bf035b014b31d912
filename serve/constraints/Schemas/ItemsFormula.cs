using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>What the items of an array are: the first ones each, and all after them.</summary>
internal sealed class ItemsFormula(IReadOnlyList<Formula> first, Formula rest) : Formula
{
    public IReadOnlyList<Formula> First => first;

    public Formula Rest => rest;

    public override JsonKinds Subject => JsonKinds.Array;

    public Formula For(int index) => index < first.Count ? first[index] : rest;

    public override bool Holds(JsonElement value, Trail? trail)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return true;
        int index = 0;
        bool all = true;
        foreach (JsonElement item in value.EnumerateArray())
        {
            trail?.Enter(index.ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (For(index) == ConstantFormula.False)
                trail?.Fail(Source);
            all &= Trail.Ask(For(index++), item, trail);
            trail?.Leave();
            if (!all && trail is null)
                return false;
        }
        return all;
    }
}
