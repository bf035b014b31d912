using System.Text.Json;
using MhcPipeline.Constraints.Patterns;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>A string matches a pattern.</summary>
internal sealed class PatternFormula : Formula
{
    private readonly Terms _terms;
    private Term? _term;

    public PatternFormula(Terms terms, Term term)
    {
        _terms = terms;
        _term = term;
    }

    /// <summary>A string is of a format.</summary>
    public PatternFormula(Terms terms, string format)
    {
        _terms = terms;
        Format = format;
    }

    /// <summary>The format that the pattern is of; null for a pattern of the schema's own.</summary>
    public string? Format { get; }

    /// <summary>The pattern as a term of the schema, so that it can be combined with others.</summary>
    public Term Term => _term ??= PatternParser.Whole(_terms, Formats.PatternOf(Format!)!);

    public override JsonKinds Subject => JsonKinds.String;

    public override bool Holds(JsonElement value, Trail? trail) =>
        value.ValueKind != JsonValueKind.String || (Format is null ? _terms.IsMatch(Term, value.GetString()!) : Formats.IsMatch(Format, value.GetString()!));
}
