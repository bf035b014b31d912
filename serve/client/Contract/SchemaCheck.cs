namespace MhcPipeline.Client.Contract;

/// <summary>What of a schema could only be checked when the answer was finished, and how that went.</summary>
/// <param name="Valid">Whether the answer fits the schema.</param>
/// <param name="Checked">The keywords that were not enforced while the answer was generated, as JSON pointers into the schema.</param>
/// <param name="Error">Why it does not fit; null where it does.</param>
public sealed record SchemaCheck(bool Valid, IReadOnlyList<string> Checked, string? Error);
