using System.Runtime.InteropServices;
using MhcPipeline.Constraints.Lexing;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints.Vocabularies;

/// <summary>The tokens of a tokenizer as the bytes that they stand for, arranged so that all tokens that a text can go on with are found in one walk. Immutable; shared by every grammar.</summary>
public sealed class Vocabulary
{
    private readonly int[] _endIds;
    private LexState?[]? _freeStates;

    /// <summary>Arranges the tokens.</summary>
    /// <param name="tokens">The bytes of each id; empty for an id without text: special tokens, which no grammar allows, are given as empty.</param>
    /// <param name="endIds">The ids that end an answer, allowed only where the answer may end.</param>
    /// <exception cref="PipelineException">There is no token with text, or an id is outside the vocabulary.</exception>
    public Vocabulary(IReadOnlyList<ReadOnlyMemory<byte>> tokens, IReadOnlyCollection<int> endIds)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(endIds);
        if (endIds.Any(id => id < 0 || id >= tokens.Count))
            throw new PipelineException($"A token that ends an answer is outside the vocabulary of {tokens.Count} tokens.");
        Size = tokens.Count;
        _endIds = [.. endIds];
        int[] sorted = [.. Enumerable.Range(0, tokens.Count).Where(id => tokens[id].Length > 0 && !endIds.Contains(id))];
        if (sorted.Length == 0)
            throw new PipelineException("A vocabulary needs tokens with text.");
        Array.Sort(sorted, (a, b) => tokens[a].Span.SequenceCompareTo(tokens[b].Span));
        Sorted = sorted;
        Bytes = [.. tokens.Select((token, id) => endIds.Contains(id) ? default : token)];

        var nodes = new List<TrieNode>(sorted.Length * 2);
        var open = new Stack<int>();
        ReadOnlySpan<byte> before = default;
        for (int i = 0; i < sorted.Length; i++)
        {
            ReadOnlySpan<byte> token = tokens[sorted[i]].Span;
            int common = before.CommonPrefixLength(token);
            while (open.Count > common)
                Close(open.Pop());
            for (int depth = common; depth < token.Length; depth++)
            {
                open.Push(nodes.Count);
                nodes.Add(new TrieNode { Byte = token[depth], Depth = (ushort)Math.Min(depth + 1, ushort.MaxValue), FirstToken = i, OwnEnd = i });
            }
            Span<TrieNode> all = CollectionsMarshal.AsSpan(nodes);
            all[open.Peek()].OwnEnd = i + 1;
            LongestToken = Math.Max(LongestToken, token.Length);
            before = token;
        }
        while (open.Count > 0)
            Close(open.Pop());
        Trie = [.. nodes];

        void Close(int node) => CollectionsMarshal.AsSpan(nodes)[node].End = nodes.Count;
    }

    /// <summary>Number of ids.</summary>
    public int Size { get; }

    /// <summary>The length of a mask: one bit an id, 64 a word.</summary>
    public int MaskLength => (Size + 63) / 64;

    /// <summary>The ids that end an answer.</summary>
    public IReadOnlyList<int> EndIds => _endIds;

    /// <summary>The bytes of the longest token.</summary>
    public int LongestToken { get; }

    /// <summary>The ids in the order of their bytes: that of the trie.</summary>
    internal int[] Sorted { get; }

    /// <summary>The prefixes of all tokens, each before those that go on from it.</summary>
    internal TrieNode[] Trie { get; }

    private ReadOnlyMemory<byte>[] Bytes { get; }

    /// <summary>Where each prefix leads from the inside of any JSON string; null where it leads out of it. 8 bytes a node, once.</summary>
    internal LexState?[] FreeStates => _freeStates ??= Follow();

    /// <summary>The bytes that an id stands for; empty for special tokens, those that end an answer and ids outside the vocabulary.</summary>
    public ReadOnlySpan<byte> TokenBytes(int id) => (uint)id < (uint)Bytes.Length ? Bytes[id].Span : default;

    /// <summary>Whether some token begins with these bytes and goes on after them.</summary>
    internal bool HasLonger(ReadOnlySpan<byte> bytes)
    {
        int first = 0, end = Trie.Length;
        for (int depth = 0; depth < bytes.Length; depth++)
        {
            int found = -1;
            for (int i = first; i < end; i = Trie[i].End)
            {
                if (Trie[i].Byte == bytes[depth])
                {
                    found = i;
                    break;
                }
            }
            if (found < 0)
                return false;
            first = found + 1;
            end = Trie[found].End;
        }
        return first < end;
    }

    private LexState?[] Follow()
    {
        var states = new LexState?[Trie.Length];
        var open = new LexState[LongestToken + 1];
        open[0] = TextLexer.FreeText;
        for (int i = 0; i < Trie.Length;)
        {
            LexState? next = open[Trie[i].Depth - 1].Next(Trie[i].Byte);
            if (next is null)
            {
                i = Trie[i].End;
                continue;
            }
            states[i] = open[Trie[i].Depth] = next;
            i = next.IsFinal ? Trie[i].End : i + 1;
        }
        return states;
    }
}
