using System.Text.Json;
using MhcPipeline.Constraints.Patterns;
using MhcPipeline.Constraints.Schemas;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints;

/// <summary>Validates finished values, exactly, for schemas of which something is only checked. Immutable and safe for concurrent use.</summary>
public sealed class SchemaValidator
{
    private readonly Formula _formula;

    internal SchemaValidator(Formula formula) => _formula = formula;

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">The schema as JSON.</param>
    /// <exception cref="PipelineException">The schema is malformed, or uses what cannot be checked.</exception>
    public static SchemaValidator Create(string schema)
    {
        using JsonDocument document = JsonSource.Read(schema);
        var parser = new SchemaParser(document.RootElement.Clone(), new Terms(200_000, CancellationToken.None), new Formulas(), CancellationToken.None);
        Formula formula = parser.Parse();
        if (parser.Occurrences.Find(one => one.IsRefused) is { } refused)
            throw new PipelineException($"The schema's keyword {refused.Path} cannot be checked: {refused.Note}");
        return new SchemaValidator(formula);
    }

    /// <summary>The first places of a value that break the schema; none where it is valid.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement value)
    {
        var trail = new Trail();
        if (Trail.Ask(_formula, value, trail))
            return [];
        if (trail.Failures.Count == 0)
            trail.Failures.Add(("", _formula.Source ?? new Occurrence("#", "")));
        return [.. trail.Failures.Select(failure => new SchemaError(failure.Value, failure.Keyword.Path))];
    }
}
