using System.Text;

namespace MhcPipeline.Engine.Answers;

/// <summary>Puts an answer together from its pieces.</summary>
public sealed class AnswerBuilder
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Id, string Name, StringBuilder Arguments)> _calls = [];

    /// <summary>Takes the next pieces.</summary>
    public void Add(IEnumerable<AnswerPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        foreach (AnswerPart part in parts)
        {
            switch (part)
            {
                case AnswerPart.Text text:
                    _text.Append(text.Value);
                    break;
                case AnswerPart.CallBegins call:
                    _calls.Add((call.Id, call.Name, new StringBuilder()));
                    break;
                case AnswerPart.Arguments arguments:
                    _calls[arguments.Index].Arguments.Append(arguments.Json);
                    break;
            }
        }
    }

    /// <summary>What came so far.</summary>
    /// <param name="complete">Whether that is all of it, as far as calls go.</param>
    public Answer Build(bool complete) => new(_text.ToString(), [.. _calls.Select(call => new ToolCall(call.Id, call.Name, call.Arguments.ToString()))], complete);
}
