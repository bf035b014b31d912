using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;

namespace MhcPipeline.Engine.Scheduling;

/// <summary>
/// The sequences that have a slot, and what the model does for them. A round reads at most <c>prefillChunk</c> prompt tokens, first come first
/// served and one prompt after the other, then gives every decoding sequence one token in one step. So sequences join and leave between
/// steps, and a long prompt delays the others by one chunk a token. Used from one thread.
/// </summary>
internal sealed class Batch
{
    private readonly ILanguageModel _model;
    private readonly RequestQueue _queue;
    private readonly AnswerStep _answer;
    private readonly EngineCounters _counters;
    private readonly SlotTable _slots;
    private readonly int[] _prompt;
    private readonly int[] _tokens;
    private readonly int[] _pasts;
    private readonly List<(Slot Slot, int[] Tokens)> _forced = [];
    private volatile int _count;

    public Batch(ILanguageModel model, RequestQueue queue, AnswerStep answer, EngineCounters counters, EngineOptions options)
    {
        _model = model;
        _queue = queue;
        _answer = answer;
        _counters = counters;
        _slots = new SlotTable(model, options.PrefixCache);
        _prompt = new int[Math.Min(options.PrefillChunk, model.MaxChunk)];
        _tokens = new int[model.Slots];
        _pasts = new int[model.Slots];
        _queue.ReportFreeSlots(_slots.Free);
    }

    /// <summary>Sequences that have a slot. May be read from any thread.</summary>
    public int Count => _count;

    /// <summary>Moves all sequences on, and takes in those for which there is a slot.</summary>
    public void Round()
    {
        EndCancelled();
        int left = _prompt.Length;
        while (left > 0 && NextPrompt() is { } slot)
        {
            left -= Prefill(slot, left);
        }
        ReadForced();
        Decode();
        ReadForced();
    }

    /// <summary>Ends all sequences as cancelled.</summary>
    public void Close()
    {
        while (_slots.Active > 0)
        {
            End(_slots[_slots.Active - 1], FinishReason.Cancelled);
        }
    }

    private void EndCancelled()
    {
        for (int place = _slots.Active - 1; place >= 0; place--)
        {
            if (_slots[place].Sequence!.IsCancelled)
            {
                End(_slots[place], FinishReason.Cancelled);
            }
        }
    }

    /// <summary>The slot whose prompt is being read, or a new one for the next request; null if nobody waits or no slot is free.</summary>
    private Slot? NextPrompt()
    {
        if (_slots.Prefilling is { } begun)
        {
            return begun;
        }
        while (_slots.Free > 0 && _queue.Take() is { } sequence)
        {
            if (sequence.IsCancelled)
            {
                sequence.Complete(FinishReason.Cancelled);
                _queue.ReportFreeSlots(_slots.Free);
                continue;
            }
            Slot slot = _slots.Take(sequence);
            _count = _slots.Active;
            sequence.CachedTokens = slot.Length;
            _counters.Admitted(sequence.Request.Prompt.Count, slot.Length);
            return slot;
        }
        return null;
    }

    /// <summary>Reads the next piece of a prompt, at most <paramref name="most"/> tokens; returns how many it was.</summary>
    private int Prefill(Slot slot, int most)
    {
        Sequence sequence = slot.Sequence!;
        IReadOnlyList<int> prompt = sequence.Request.Prompt;
        int past = slot.Length, count = Math.Min(most, prompt.Count - past);
        Span<int> piece = _prompt.AsSpan(0, count);
        for (int i = 0; i < count; i++)
        {
            piece[i] = prompt[past + i];
        }
        try
        {
            ReadOnlySpan<float> logits = _model.Prefill(slot.Place, past, piece, sequence.NeedsPromptLogits);
            _counters.Prefilled();
            slot.Append(piece);
            _answer.Echo(sequence, past, count, logits);
            if (slot.Length == prompt.Count)
            {
                _slots.StartDecoding();
                Choose(slot, logits[^_model.VocabSize..]);
            }
        }
        catch (Exception e)
        {
            Fail(slot, e);
        }
        return count;
    }

    private void Decode()
    {
        int batch = _slots.Decoding;
        if (batch == 0)
        {
            return;
        }
        for (int place = 0; place < batch; place++)
        {
            _tokens[place] = _slots[place].Sequence!.LastToken;
            _pasts[place] = _slots[place].Length;
        }
        ReadOnlySpan<float> logits;
        try
        {
            logits = _model.Decode(_tokens.AsSpan(0, batch), _pasts.AsSpan(0, batch));
        }
        catch (Exception e)
        {
            for (int place = batch - 1; place >= 0; place--)
            {
                Fail(_slots[place], e); // theirs to see; prompts being read and requests in the queue go on
            }
            return;
        }
        _counters.Decoded(batch);
        // From the last place on: where a sequence ends, one that had its turn already moves into its place.
        for (int place = batch - 1; place >= 0; place--)
        {
            Slot slot = _slots[place];
            slot.Append(_tokens[place]);
            try
            {
                Choose(slot, logits.Slice(place * _model.VocabSize, _model.VocabSize));
            }
            catch (Exception e)
            {
                Fail(slot, e);
            }
        }
    }

    private void Choose(Slot slot, ReadOnlySpan<float> logits)
    {
        FinishReason? reason = _answer.Choose(slot.Sequence!, logits, slot.Length) ?? JumpForward(slot);
        if (reason is { } ended)
        {
            End(slot, ended);
        }
    }

    /// <summary>Appends the tokens that the text has to go on with; the model reads all but the last in one step. Returns why the text ends, or null.</summary>
    private FinishReason? JumpForward(Slot slot)
    {
        Sequence sequence = slot.Sequence!;
        IReadOnlyList<int> forced = _answer.Forced(sequence, slot.Length, Math.Min(_prompt.Length, _model.MaxChunk));
        if (forced.Count == 0)
        {
            return null;
        }
        int[] unread = [sequence.LastToken, .. forced.SkipLast(1)];
        for (int i = 0; i < forced.Count; i++)
        {
            if (_answer.Take(sequence, forced[i], slot.Length + i + 1) is { } reason)
            {
                return reason;
            }
        }
        _forced.Add((slot, unread));
        return null;
    }

    /// <summary>Reads tokens that were appended without asking. Afterwards, so that the logits of the others' step are not written over.</summary>
    private void ReadForced()
    {
        foreach ((Slot slot, int[] tokens) in _forced)
        {
            try
            {
                _model.Prefill(slot.Place, slot.Length, tokens, allLogits: false);
                _counters.Prefilled();
                slot.Append(tokens);
            }
            catch (Exception e)
            {
                Fail(slot, e);
            }
        }
        _forced.Clear();
    }

    private void End(Slot slot, FinishReason reason)
    {
        Sequence sequence = slot.Sequence!;
        Release(slot, keep: true);
        sequence.Complete(reason);
    }

    private void Fail(Slot slot, Exception error)
    {
        Sequence sequence = slot.Sequence!;
        Release(slot, keep: false);
        sequence.Fail(error);
    }

    private void Release(Slot slot, bool keep)
    {
        _slots.Release(slot, keep);
        _count = _slots.Active;
        _queue.ReportFreeSlots(_slots.Free);
    }
}
