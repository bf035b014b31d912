namespace MhcPipeline.Constraints;

/// <summary>What becomes of a keyword at a place of a schema.</summary>
/// <param name="Path">Its JSON pointer, such as #/properties/price/multipleOf.</param>
/// <param name="Keyword">The keyword.</param>
/// <param name="Status">What becomes of it.</param>
/// <param name="Note">Why it is not enforced; null where it is.</param>
public sealed record KeywordReport(string Path, string Keyword, KeywordStatus Status, string? Note);
