using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>What the members of an object are: by name, by patterns of names, and all others.</summary>
internal sealed class PropertiesFormula(Terms terms, IReadOnlyList<(string Name, Formula Value)> named, IReadOnlyList<(Term Names, Formula Value)> patterns, Formula others) : Formula
{
    private readonly Dictionary<string, Formula> _byName = named.ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);

    public IReadOnlyList<(string Name, Formula Value)> Named => named;

    public IReadOnlyList<(Term Names, Formula Value)> Patterns => patterns;

    public Formula Others => others;

    public override JsonKinds Subject => JsonKinds.Object;

    /// <summary>All that is said of a member.</summary>
    public IEnumerable<Formula> For(string name)
    {
        bool any = _byName.TryGetValue(name, out Formula? value);
        if (any)
            yield return value!;
        foreach ((Term names, Formula described) in patterns)
        {
            if (!terms.IsMatch(names, name))
                continue;
            any = true;
            yield return described;
        }
        if (!any)
            yield return others;
    }

    public override bool Holds(JsonElement value, Trail? trail)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return true;
        bool all = true;
        foreach ((string name, JsonElement member) in JsonValues.Properties(value))
        {
            trail?.Enter(name);
            foreach (Formula said in For(name))
            {
                if (said == ConstantFormula.False)
                    trail?.Fail(Source);
                all &= Trail.Ask(said, member, trail);
            }
            trail?.Leave();
            if (!all && trail is null)
                return false;
        }
        return all;
    }
}
