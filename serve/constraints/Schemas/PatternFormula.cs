using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>A string matches a pattern.</summary>
internal sealed class PatternFormula(Terms terms, Term term) : Formula
{
    public Term Term => term;

    public override JsonKinds Subject => JsonKinds.String;

    public override bool Holds(JsonElement value, Trail? trail) => value.ValueKind != JsonValueKind.String || terms.IsMatch(term, value.GetString()!);
}
