namespace MhcPipeline.Serve.Api;

/// <summary>Answer of POST /v1/schemas/report.</summary>
/// <param name="Strict">Whether the schema may be used with strict: all of it is enforced.</param>
/// <param name="Keywords">What becomes of each keyword, in the schema's order of reading.</param>
public sealed record SchemaKeywords(bool Strict, IReadOnlyList<SchemaKeyword> Keywords);
