using System.Text.Json;
using MhcPipeline.Constraints;

namespace MhcPipeline.Engine.Answers;

/// <summary>What of an answer's schemas could not be enforced while it is generated, and is checked when it is finished.</summary>
internal sealed class AnswerChecks
{
    private readonly CompiledGrammar? _text;
    private readonly Dictionary<string, CompiledGrammar> _calls;

    private AnswerChecks(CompiledGrammar? text, Dictionary<string, CompiledGrammar> calls)
    {
        _text = text;
        _calls = calls;
        Checked =
        [
            .. (text?.Report.Rest ?? []).Select(keyword => keyword.Path),
            .. calls.SelectMany(call => call.Value.Report.Rest.Select(keyword => call.Key + keyword.Path)),
        ];
    }

    /// <summary>Nothing is left to check.</summary>
    public static AnswerChecks None { get; } = new(null, []);

    /// <summary>The keywords that are not enforced; those of a tool's schema behind its name.</summary>
    public IReadOnlyList<string> Checked { get; }

    public static AnswerChecks Of(CompiledGrammar? text, IEnumerable<(string Name, CompiledGrammar Arguments)> calls) =>
        new(text is { Report.IsEnforced: false } ? text : null, calls.Where(call => !call.Arguments.Report.IsEnforced).ToDictionary(call => call.Name, call => call.Arguments));

    /// <summary>Null where there is nothing to check.</summary>
    public AnswerCheck? Check(Answer answer) => Checked.Count == 0 ? null : new AnswerCheck(Checked, Error(answer));

    private string? Error(Answer answer)
    {
        if (_text is not null && answer.Calls.Count == 0 && Error(_text, answer.Text) is { } wrong)
        {
            return wrong;
        }
        foreach (ToolCall call in answer.Calls)
        {
            if (_calls.TryGetValue(call.Name, out CompiledGrammar? grammar) && Error(grammar, call.Arguments) is { } error)
            {
                return $"{call.Name}: {error}";
            }
        }
        return null;
    }

    private static string? Error(CompiledGrammar grammar, string json)
    {
        try
        {
            using JsonDocument value = JsonDocument.Parse(json);
            return grammar.Validator!.Validate(value.RootElement) is [var first, ..] ? $"{(first.Value.Length == 0 ? "the value" : first.Value)} breaks {first.Keyword}" : null;
        }
        catch (JsonException)
        {
            return "the answer was cut: it is not whole JSON";
        }
    }
}
