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

    /// <summary>What can be called, of a constraint of that kind.</summary>
    internal CallSet? CallSet { get; private init; }

    /// <inheritdoc/>
    public bool Equals(Constraint? other) => other is not null && Kind == other.Kind && Source == other.Source;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Source);

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

    /// <summary>An answer that may or must call.</summary>
    /// <param name="calls">What can be called.</param>
    public static Constraint Calls(CallSet calls) => new(ConstraintKind.Calls, JsonSerializer.Serialize(calls ?? throw new ArgumentNullException(nameof(calls)))) { CallSet = calls };
}
