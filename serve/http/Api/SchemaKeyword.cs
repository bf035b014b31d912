namespace MhcPipeline.Serve.Api;

/// <summary>What becomes of a keyword of a schema.</summary>
/// <param name="Path">Where it stands, as a JSON pointer.</param>
/// <param name="Keyword">Its name.</param>
/// <param name="Status">enforced (token by token), checked (when the answer is finished; refused under strict) or refused.</param>
/// <param name="Note">Why it is not enforced.</param>
public sealed record SchemaKeyword(string Path, string Keyword, string Status, string? Note);
