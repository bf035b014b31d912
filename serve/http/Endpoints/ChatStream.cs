using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>One answer of a streamed chat completion: from the engine's chunks to the API's.</summary>
internal sealed class ChatStream(AnswerPlan plan)
{
    private readonly AnswerReader _reader = plan.CreateReader();
    private readonly AnswerBuilder _answer = new();
    private List<ChatTokenLogprob> _logprobs = [];

    /// <summary>
    /// What the client is told now. Log-probabilities of tokens that are held back (parts of a character, what may be the start of a call) go out
    /// with the next piece.
    /// </summary>
    public IEnumerable<ChatChunkChoice> Take(GenerationChunk chunk, ChatTokenLogprob? described)
    {
        if (described is not null)
        {
            _logprobs.Add(described);
        }
        List<AnswerPart> parts = [.. _reader.Push(chunk.Text)];
        if (chunk.FinishReason is not null)
        {
            parts.AddRange(_reader.Finish());
        }
        _answer.Add(parts);
        foreach (AnswerPart part in parts)
        {
            yield return new ChatChunkChoice { Index = 0, Delta = part.ToDelta(), Logprobs = TakeLogprobs() };
        }
        if (chunk.FinishReason is { } reason)
        {
            Answer answer = _answer.Build(complete: !_reader.InsideCall);
            yield return new ChatChunkChoice
            {
                Index = 0,
                Delta = new ChatDelta(),
                Logprobs = TakeLogprobs(),
                FinishReason = ChatAnswers.Reason(reason.Spell(), answer.Calls.Count, answer.Complete),
                SchemaCheck = plan.Check(answer).ToCheck(),
            };
        }
    }

    private ChatLogprobs? TakeLogprobs()
    {
        if (_logprobs.Count == 0)
        {
            return null;
        }
        ChatLogprobs taken = new(_logprobs);
        _logprobs = [];
        return taken;
    }
}
