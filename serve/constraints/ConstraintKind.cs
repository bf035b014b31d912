namespace MhcPipeline.Constraints;

/// <summary>How a constraint is written.</summary>
public enum ConstraintKind
{
    /// <summary>A JSON schema.</summary>
    JsonSchema,

    /// <summary>Any JSON object.</summary>
    JsonObject,

    /// <summary>A regular expression.</summary>
    Pattern,

    /// <summary>A JSON list of strings.</summary>
    Choice,

    /// <summary>
    /// Rules <c>name ::= alternatives</c>, one a line or over several: "text", 'text', [classes], /patterns/, other rules, (groups), | between alternatives, and ?, *, +, {m,n} after a part; # begins a comment.
    /// </summary>
    Grammar,

    /// <summary>A <see cref="CallSet"/> as JSON.</summary>
    Calls,
}
