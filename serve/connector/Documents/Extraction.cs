namespace MhcPipeline.Connector.Documents;

/// <summary>What was read out of a document.</summary>
/// <typeparam name="T">A JSON object, or the type that was asked for.</typeparam>
/// <param name="Value">The values; they fit the schema.</param>
/// <param name="Fields">Each single value, in the order of the answer, with what speaks for it.</param>
public sealed record Extraction<T>(T Value, IReadOnlyList<ExtractedField> Fields)
{
    /// <summary>The values that a person should look at; see <see cref="ExtractedField.IsDoubtful"/>.</summary>
    /// <param name="leastProbability">From 0 to 1; below it a value is doubtful.</param>
    public IEnumerable<ExtractedField> Doubtful(double leastProbability = 0.5) => Fields.Where(field => field.IsDoubtful(leastProbability));
}
