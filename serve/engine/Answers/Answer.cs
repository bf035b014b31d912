namespace MhcPipeline.Engine.Answers;

/// <summary>A whole answer: what is said, and what is called.</summary>
/// <param name="Text">What is said; may be empty.</param>
/// <param name="Calls">What is called, in order.</param>
/// <param name="Complete">False where the text ended inside a call.</param>
public sealed record Answer(string Text, IReadOnlyList<ToolCall> Calls, bool Complete)
{
    /// <summary>Reads an answer's whole text.</summary>
    /// <param name="plan">What was asked for.</param>
    /// <param name="text">What came.</param>
    public static Answer Read(AnswerPlan plan, string text)
    {
        ArgumentNullException.ThrowIfNull(plan);
        AnswerReader reader = plan.CreateReader();
        var answer = new AnswerBuilder();
        answer.Add(reader.Push(text));
        answer.Add(reader.Finish());
        return answer.Build(complete: !reader.InsideCall);
    }
}
