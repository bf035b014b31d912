using MhcPipeline.Engine.Answers;
using MhcPipeline.Serve.Api;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Answers as chat completions spell them.</summary>
internal static class ChatAnswers
{
    public static ChatAnswer ToMessage(this Answer answer) => new()
    {
        Content = answer.Text.Length > 0 || answer.Calls.Count == 0 ? answer.Text : null,
        ToolCalls = answer.Calls.Count > 0 ? [.. answer.Calls.Select(ToCall)] : null,
    };

    /// <summary>The delta of a piece of an answer.</summary>
    public static ChatDelta ToDelta(this AnswerPart part) => part switch
    {
        AnswerPart.Text text => new ChatDelta { Content = text.Value },
        AnswerPart.CallBegins call => new ChatDelta
        {
            ToolCalls = [new ChatToolCall { Index = call.Index, Id = call.Id, Type = "function", Function = new CalledFunction { Name = call.Name, Arguments = "" } }],
        },
        AnswerPart.Arguments arguments => new ChatDelta { ToolCalls = [new ChatToolCall { Index = arguments.Index, Function = new CalledFunction { Arguments = arguments.Json } }] },
        _ => throw new ArgumentException($"There is no delta for {part.GetType().Name}.", nameof(part)),
    };

    /// <summary>An answer that ends with calls waits for their results; one that was cut does not.</summary>
    public static string Reason(string ended, int calls, bool complete) => ended == "stop" && calls > 0 && complete ? "tool_calls" : ended;

    public static SchemaCheck? ToCheck(this AnswerCheck? check) => check is null ? null : new SchemaCheck(check.Error is null, check.Checked, check.Error);

    private static ChatToolCall ToCall(ToolCall call) => new() { Id = call.Id, Type = "function", Function = new CalledFunction { Name = call.Name, Arguments = call.Arguments } };
}
