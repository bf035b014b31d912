namespace MhcPipeline.Constraints;

/// <summary>What becomes of a schema, keyword by keyword, in the schema's order of reading.</summary>
/// <param name="Keywords">The keywords that say something of a value.</param>
public sealed record SchemaReport(IReadOnlyList<KeywordReport> Keywords)
{
    /// <summary>Of a constraint that is no schema.</summary>
    public static SchemaReport Empty { get; } = new([]);

    /// <summary>Whether every answer fulfils the schema without being validated.</summary>
    public bool IsEnforced => Keywords.All(keyword => keyword.Status == KeywordStatus.Enforced);

    /// <summary>The keywords that are not enforced.</summary>
    public IEnumerable<KeywordReport> Rest => Keywords.Where(keyword => keyword.Status != KeywordStatus.Enforced);

    internal static SchemaReport Of(IEnumerable<Schemas.Occurrence> occurrences) => new([.. occurrences.Select(one =>
        new KeywordReport(one.Path, one.Keyword, one.IsRefused ? KeywordStatus.Refused : one.Note is null ? KeywordStatus.Enforced : KeywordStatus.Checked, one.Note)).DistinctBy(one => one.Path)]);
}
