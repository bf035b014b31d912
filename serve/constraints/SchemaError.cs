namespace MhcPipeline.Constraints;

/// <summary>A place of a value that breaks a schema.</summary>
/// <param name="Value">The JSON pointer of the place in the value; empty for the whole.</param>
/// <param name="Keyword">The JSON pointer of the keyword that it breaks.</param>
public sealed record SchemaError(string Value, string Keyword);
