using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>An object has a member whose name matches and whose value is as described: what remains when a statement about all members is denied.</summary>
internal sealed class SomeMemberFormula(Terms terms, Term names, Formula value) : Formula
{
    public Term Names => names;

    public Formula Value => value;

    public override JsonKinds Subject => JsonKinds.Object;

    public override bool Holds(JsonElement value1, Trail? trail) =>
        value1.ValueKind != JsonValueKind.Object || value1.EnumerateObject().Any(member => terms.IsMatch(names, member.Name) && value.Holds(member.Value, null));
}
