using System.Text.Json;

namespace MhcPipeline.Engine.Answers;

/// <summary>What the text of an answer has to be.</summary>
public abstract record AnswerFormat
{
    private AnswerFormat()
    {
    }

    /// <summary>Any text.</summary>
    public static AnswerFormat Text { get; } = new AnyText();

    /// <summary>Any JSON object.</summary>
    public static AnswerFormat JsonObject { get; } = new AnyObject();

    /// <summary>Any text.</summary>
    public sealed record AnyText : AnswerFormat;

    /// <summary>Any JSON object.</summary>
    public sealed record AnyObject : AnswerFormat;

    /// <summary>JSON that a schema allows.</summary>
    /// <param name="Schema">JSON Schema.</param>
    /// <param name="Strict">Refuses a schema of which some keyword cannot be enforced while the answer is generated; otherwise such keywords are checked when it is finished.</param>
    public sealed record JsonSchema(JsonElement Schema, bool Strict) : AnswerFormat;

    /// <summary>Text that a regular expression matches as a whole.</summary>
    public sealed record Regex(string Pattern) : AnswerFormat;

    /// <summary>One of some strings.</summary>
    public sealed record Choice(IReadOnlyList<string> Values) : AnswerFormat;

    /// <summary>Text of a grammar in EBNF.</summary>
    public sealed record Grammar(string Rules) : AnswerFormat;
}
