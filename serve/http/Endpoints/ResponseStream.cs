using System.Text;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Api.Responses;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>One response: from the engine's chunks to the events that a stream of it has, and to the whole of it.</summary>
internal sealed class ResponseStream(AnswerPlan plan, Response begun)
{
    private readonly AnswerReader _reader = plan.CreateReader();
    private readonly AnswerBuilder _answer = new();
    private readonly List<ResponseItem> _done = [];
    private readonly StringBuilder _value = new();
    private ResponseItem? _open;
    private int _sequence;

    /// <summary>As it stands.</summary>
    public Response Response { get; private set; } = begun;

    /// <summary>The events before the first piece.</summary>
    public IReadOnlyList<ResponseEvent> Begin() => [Whole("response.created"), Whole("response.in_progress")];

    /// <summary>The events of a chunk; of the last one, those that end the response.</summary>
    public IReadOnlyList<ResponseEvent> Take(GenerationChunk chunk)
    {
        List<ResponseEvent> events = [];
        List<AnswerPart> parts = [.. _reader.Push(chunk.Text)];
        if (chunk.FinishReason is not null)
        {
            parts.AddRange(_reader.Finish());
        }
        _answer.Add(parts);
        foreach (AnswerPart part in parts)
        {
            Add(part, events);
        }
        if (chunk.FinishReason is { } reason)
        {
            End(reason.Spell(), chunk, events);
        }
        return events;
    }

    /// <summary>The event that ends a response which failed.</summary>
    public IReadOnlyList<ResponseEvent> Fail(ApiException error)
    {
        Response = Response with { Status = "failed", Error = new ResponseError(error.Code ?? "server_error", error.Message), Output = [.. _done] };
        return [Whole("response.failed")];
    }

    private void Add(AnswerPart part, List<ResponseEvent> events)
    {
        switch (part)
        {
            case AnswerPart.Text text:
                if (_open is not { Type: "message" })
                {
                    Close("completed", events);
                    Open(new ResponseItem { Type = "message", Id = Id("msg_"), Status = "in_progress", Role = "assistant", Content = [] }, events);
                    events.Add(Event("response.content_part.added") with { ItemId = _open!.Id, ContentIndex = 0, Part = new ResponseContent("") });
                }
                _value.Append(text.Value);
                events.Add(Event("response.output_text.delta") with { ItemId = _open.Id, ContentIndex = 0, Delta = text.Value });
                break;
            case AnswerPart.CallBegins call:
                Close("completed", events);
                Open(new ResponseItem { Type = "function_call", Id = Id("fc_"), Status = "in_progress", CallId = call.Id, Name = call.Name, Arguments = "" }, events);
                break;
            case AnswerPart.Arguments arguments:
                _value.Append(arguments.Json);
                events.Add(Event("response.function_call_arguments.delta") with { ItemId = _open!.Id, Delta = arguments.Json });
                break;
        }
    }

    private void Open(ResponseItem item, List<ResponseEvent> events)
    {
        _open = item;
        _value.Clear();
        events.Add(Event("response.output_item.added") with { Item = item });
    }

    private void Close(string status, List<ResponseEvent> events)
    {
        if (_open is null)
        {
            return;
        }
        string value = _value.ToString();
        ResponseItem item;
        if (_open.Type == "message")
        {
            var content = new ResponseContent(value);
            item = _open with { Status = status, Content = [content] };
            events.Add(Event("response.output_text.done") with { ItemId = item.Id, ContentIndex = 0, Text = value });
            events.Add(Event("response.content_part.done") with { ItemId = item.Id, ContentIndex = 0, Part = content });
        }
        else
        {
            item = _open with { Status = status, Arguments = value };
            events.Add(Event("response.function_call_arguments.done") with { ItemId = item.Id, Arguments = value });
        }
        events.Add(Event("response.output_item.done") with { Item = item });
        _done.Add(item);
        _open = null;
    }

    private void End(string reason, GenerationChunk last, List<ResponseEvent> events)
    {
        bool complete = reason == "stop";
        if (_open is null && _done.Count == 0)
        {
            Add(new AnswerPart.Text(""), events); // an empty answer is a message that says nothing
        }
        Close(complete && !_reader.InsideCall ? "completed" : "incomplete", events);
        int prompt = plan.Generation.Prompt.Count, generated = last.GeneratedTokens;
        Response = Response with
        {
            Status = complete ? "completed" : "incomplete",
            IncompleteDetails = complete ? null : new IncompleteDetails("max_output_tokens"),
            Output = [.. _done],
            Usage = new ResponseUsage(prompt, new PromptTokensDetails(last.CachedTokens), generated, new OutputTokensDetails(0), prompt + generated),
            SchemaCheck = plan.Check(_answer.Build(complete: !_reader.InsideCall)).ToCheck(),
        };
        events.Add(Whole(complete ? "response.completed" : "response.incomplete"));
    }

    private ResponseEvent Whole(string type) => new() { Type = type, SequenceNumber = _sequence++, Response = Response };

    private ResponseEvent Event(string type) => new() { Type = type, SequenceNumber = _sequence++, OutputIndex = _done.Count };

    private static string Id(string kind) => kind + Guid.NewGuid().ToString("N");
}
