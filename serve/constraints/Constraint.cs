using System.Text.Json;

namespace MhcPipeline.Constraints;

/// <summary>What an answer must be.</summary>
public sealed record Constraint
{
    private Constraint(ConstraintKind kind, string source)
    {
        Kind = kind;
        Source = source;
    }

    /// <summary>How <see cref="Source"/> is to be read.</summary>
    public ConstraintKind Kind { get; }

    /// <summary>A JSON schema, a pattern, a grammar, or a JSON list of strings.</summary>
    public string Source { get; }

    /// <summary>JSON that fulfils a schema of draft 4, 6, 7, 2019-09 or 2020-12.</summary>
    /// <param name="schema">The schema as JSON.</param>
    public static Constraint JsonSchema(string schema) => new(ConstraintKind.JsonSchema, schema ?? throw new ArgumentNullException(nameof(schema)));

    /// <summary>Any JSON object.</summary>
    public static Constraint JsonObject() => new(ConstraintKind.JsonObject, """{"type":"object"}""");

    /// <summary>A text that a pattern of ECMA-262 matches as a whole.</summary>
    /// <param name="pattern">The pattern, without look-behind, word boundaries and back-references.</param>
    public static Constraint Pattern(string pattern) => new(ConstraintKind.Pattern, pattern ?? throw new ArgumentNullException(nameof(pattern)));

    /// <summary>One of several texts.</summary>
    /// <param name="texts">The texts.</param>
    public static Constraint Choice(IEnumerable<string> texts) => new(ConstraintKind.Choice, JsonSerializer.Serialize(texts ?? throw new ArgumentNullException(nameof(texts))));

    /// <summary>A text of a grammar in the notation of <see cref="ConstraintKind.Grammar"/>.</summary>
    /// <param name="grammar">The grammar, whose first rule, or the one named root, is the whole text.</param>
    public static Constraint Grammar(string grammar) => new(ConstraintKind.Grammar, grammar ?? throw new ArgumentNullException(nameof(grammar)));
}
