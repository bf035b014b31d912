using MhcPipeline.Engine.Model;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>
/// A "model" whose next token depends on every token of its slot, so that a slot with anything wrong in it gives another text. Copies and
/// exchanges spoil all that they were not asked to move.
/// </summary>
internal sealed class HistoryModel(int slots, int maxContext) : ILanguageModel
{
    private const int Spoilt = -1;
    private readonly int[][] _slots = [.. Enumerable.Range(0, slots).Select(_ => Enumerable.Repeat(Spoilt, maxContext).ToArray())];
    private readonly float[] _logits = new float[64 * ScriptedModel.Vocab];

    public int VocabSize => ScriptedModel.Vocab;

    public int MaxContext => maxContext;

    public int Slots => slots;

    public int MaxChunk => 64;

    /// <summary>Number of rows of each step: of a decode step as they are, of a prompt's piece negative.</summary>
    public List<int> Steps { get; } = [];

    /// <summary>Makes the next step fail.</summary>
    public bool Fails { get; set; }

    /// <summary>Sequences in steps that failed.</summary>
    public int FailedSequences { get; private set; }

    public ReadOnlySpan<float> Prefill(int slot, int past, scoped ReadOnlySpan<int> tokens, bool allLogits)
    {
        Steps.Add(-tokens.Length);
        FailIfTold(1);
        tokens.CopyTo(_slots[slot].AsSpan(past));
        for (int row = 0; row < tokens.Length; row++)
        {
            Answer(row, _slots[slot].AsSpan(0, past + row + 1));
        }
        return allLogits ? _logits.AsSpan(0, tokens.Length * VocabSize) : _logits.AsSpan((tokens.Length - 1) * VocabSize, VocabSize);
    }

    public ReadOnlySpan<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> pasts)
    {
        Steps.Add(tokens.Length);
        FailIfTold(tokens.Length);
        for (int slot = 0; slot < tokens.Length; slot++)
        {
            _slots[slot][pasts[slot]] = tokens[slot];
            Answer(slot, _slots[slot].AsSpan(0, pasts[slot] + 1));
        }
        return _logits.AsSpan(0, tokens.Length * VocabSize);
    }

    public void Copy(int from, int to, int tokens)
    {
        _slots[from].AsSpan(0, tokens).CopyTo(_slots[to]);
        _slots[to].AsSpan(tokens).Fill(Spoilt);
    }

    public void Swap(int first, int second, int tokens)
    {
        (_slots[first], _slots[second]) = (_slots[second], _slots[first]);
        _slots[first].AsSpan(tokens).Fill(Spoilt);
        _slots[second].AsSpan(tokens).Fill(Spoilt);
    }

    public void Dispose()
    {
    }

    /// <summary>The answer to a prompt, computed from nothing but the prompt: up to the end token, without it.</summary>
    public static List<int> Continue(IEnumerable<int> prompt, int most)
    {
        List<int> history = [.. prompt];
        int start = history.Count;
        while (history.Count - start < most && Next(history.ToArray()) is var next && next != EndOfText)
        {
            history.Add(next);
        }
        return history[start..];
    }

    private const int EndOfText = 256;

    private static int Next(ReadOnlySpan<int> history)
    {
        uint hash = 2166136261; // FNV-1a
        foreach (int token in history)
        {
            hash = (hash ^ (uint)token) * 16777619;
        }
        hash ^= hash >> 15;
        return hash % 16 == 0 ? EndOfText : 'a' + (int)(hash % 3);
    }

    private void Answer(int row, ReadOnlySpan<int> history)
    {
        Span<float> logits = _logits.AsSpan(row * VocabSize, VocabSize);
        logits.Clear();
        logits[Next(history)] = 10;
    }

    private void FailIfTold(int sequences)
    {
        if (Fails)
        {
            Fails = false;
            FailedSequences += sequences;
            throw new InvalidOperationException("out of order");
        }
    }
}
