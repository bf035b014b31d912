namespace MhcPipeline.Engine.Answers;

/// <summary>The next piece of an answer.</summary>
public abstract record AnswerPart
{
    private AnswerPart()
    {
    }

    /// <summary>Text for the reader.</summary>
    /// <param name="Value">Never empty.</param>
    public sealed record Text(string Value) : AnswerPart;

    /// <summary>A call of a tool begins; its arguments follow.</summary>
    /// <param name="Index">Number of the call in the answer, from 0.</param>
    /// <param name="Id">Names the call, for its result to refer to.</param>
    /// <param name="Name">The tool's.</param>
    public sealed record CallBegins(int Index, string Id, string Name) : AnswerPart;

    /// <summary>The next piece of a call's arguments, which together are one JSON object.</summary>
    /// <param name="Index">Number of the call.</param>
    /// <param name="Json">Never empty.</param>
    public sealed record Arguments(int Index, string Json) : AnswerPart;
}
