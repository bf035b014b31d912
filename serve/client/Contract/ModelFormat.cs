using System.Text.Json;

namespace MhcPipeline.Client.Contract;

/// <summary>What the text of an answer has to be.</summary>
public abstract record ModelFormat
{
    private ModelFormat()
    {
    }

    /// <summary>Any text, whatever else asks for less.</summary>
    public sealed record Text : ModelFormat;

    /// <summary>Any JSON object.</summary>
    public sealed record JsonObject : ModelFormat;

    /// <summary>JSON that a schema allows.</summary>
    /// <param name="Schema">JSON Schema.</param>
    /// <param name="Name">Names the schema, for error messages.</param>
    /// <param name="Strict">Refuses a schema of which some keyword cannot be enforced while the answer is generated; otherwise such keywords are checked when it is finished.</param>
    public sealed record JsonSchema(JsonElement Schema, string Name, bool Strict) : ModelFormat;

    /// <summary>One of some strings.</summary>
    /// <param name="Values">The strings.</param>
    public sealed record Choice(IReadOnlyList<string> Values) : ModelFormat;

    /// <summary>Text that a regular expression matches as a whole.</summary>
    /// <param name="Pattern">The expression.</param>
    public sealed record Regex(string Pattern) : ModelFormat;

    /// <summary>Text of a grammar in EBNF.</summary>
    /// <param name="Rules">The grammar.</param>
    public sealed record Grammar(string Rules) : ModelFormat;
}
