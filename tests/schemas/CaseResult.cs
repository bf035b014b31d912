namespace MhcPipeline.Schemas;

/// <summary>How a schema fared.</summary>
/// <param name="Case">The schema.</param>
/// <param name="CompileSeconds">How long it took to compile.</param>
/// <param name="IsEnforced">Whether it compiles under strict.</param>
/// <param name="Refused">Why it did not compile; null where it did.</param>
/// <param name="MaskMicroseconds">What its masks took together.</param>
/// <param name="Wrong">What was wrong of its instances.</param>
internal sealed record CaseResult(SchemaCase Case, double CompileSeconds, bool IsEnforced, string? Refused, double MaskMicroseconds, IReadOnlyList<string> Wrong)
{
    public bool IsRight => Refused is null && Wrong.Count == 0;

    /// <summary>Whether an invalid instance got through although everything is said to be enforced.</summary>
    public bool IsUnsound => IsEnforced && Wrong.Any(wrong => wrong.StartsWith("accepts", StringComparison.Ordinal));
}
