namespace MhcPipeline.Constraints;

/// <summary>What becomes of a keyword of a schema.</summary>
public enum KeywordStatus
{
    /// <summary>Every answer fulfils it, token by token.</summary>
    Enforced,

    /// <summary>Enforced as far as possible; a finished answer must be validated. Refused where the schema is strict.</summary>
    Checked,

    /// <summary>Neither can be done: the schema is refused.</summary>
    Refused,
}
