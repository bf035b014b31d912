using System.Numerics;
using MhcPipeline.Constraints.Lexing;

namespace MhcPipeline.Constraints.Vocabularies;

/// <summary>Which tokens stay inside a lexeme that has come to some state, and after which prefixes of tokens the lexeme may end: what is the same wherever the lexeme stands.</summary>
internal sealed class LexemeWalk
{
    private const int FewTokens = 128;

    private readonly ulong[]? _bits;
    private readonly int[]? _ids;
    private readonly bool _isMeasured;

    private LexemeWalk(Vocabulary vocabulary, ulong[]? bits, int[]? ids, LexemeEnd[] ends, int reach, int shortfall, bool isMeasured)
    {
        _isMeasured = isMeasured;
        Vocabulary = vocabulary;
        _bits = bits;
        _ids = ids;
        Ends = ends;
        Reach = reach;
        Shortfall = shortfall;
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>Where the lexeme may end.</summary>
    public LexemeEnd[] Ends { get; }

    private int Size => 64 + ((_bits?.Length ?? 0) * sizeof(ulong)) + ((_ids?.Length ?? 0) * sizeof(int)) + (Ends.Length * 12);

    /// <summary>The most code points that the string has, from here on, when it goes on after a token as short as it can.</summary>
    public int Reach { get; }

    /// <summary>The fewest that it has when it goes on as long as it can; int.MaxValue where that is without limit.</summary>
    public int Shortfall { get; }

    /// <summary>The walk from a state, computed once for a state and a vocabulary.</summary>
    /// <param name="state">The state.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="isMeasured">Whether <see cref="Reach"/> and <see cref="Shortfall"/> are needed, for which patterns are searched.</param>
    /// <param name="mayKeep">Whether so many bytes more may be kept.</param>
    public static LexemeWalk Of(LexState state, Vocabulary vocabulary, bool isMeasured, Func<int, bool> mayKeep)
    {
        if (state.Cached is LexemeWalk known && known.Vocabulary == vocabulary && (known._isMeasured || !isMeasured))
            return known;
        LexemeWalk walk = !isMeasured && state is TextState { IsNearlyFree: true } ? Beside(state, vocabulary) : Walk(state, vocabulary, 0, 0, int.MaxValue, isMeasured);
        if (mayKeep(walk.Size))
            state.Cached = walk;
        return walk;
    }

    /// <summary>The walk from a state of a string whose length is limited, where the limits are near.</summary>
    /// <param name="state">The state.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="count">Code points read so far.</param>
    /// <param name="min">The fewest code points.</param>
    /// <param name="max">The most.</param>
    public static LexemeWalk Walk(LexState state, Vocabulary vocabulary, int count, int min, int max) => Walk(state, vocabulary, count, min, max, isMeasured: true);

    private static LexemeWalk Walk(LexState state, Vocabulary vocabulary, int count, int min, int max, bool isMeasured)
    {
        TrieNode[] trie = vocabulary.Trie;
        var states = new LexState[vocabulary.LongestToken + 1];
        var counts = new int[vocabulary.LongestToken + 1];
        states[0] = state;
        counts[0] = count;
        ulong[] bits = new ulong[vocabulary.MaskLength];
        int total = 0, reach = int.MinValue, shortfall = int.MaxValue;
        var ends = new List<LexemeEnd>();
        int[] sorted = vocabulary.Sorted;
        bool counted = min > 0 || max < int.MaxValue;
        for (int i = 0; i < trie.Length;)
        {
            ref readonly TrieNode node = ref trie[i];
            LexState? next = states[node.Depth - 1].Next(node.Byte);
            if (next is null)
            {
                i = node.End;
                continue;
            }
            int length = counts[node.Depth - 1];
            if (next.CompletesCodePoint)
                length++;
            if (isMeasured && !next.IsFinal)
            {
                (int shortest, int longest) = next.Remaining;
                if (counted && (length > max - shortest || (longest != int.MaxValue && length + longest < min)))
                {
                    i = node.End;
                    continue;
                }
                reach = Math.Max(reach, length + shortest);
                if (longest != int.MaxValue)
                    shortfall = Math.Min(shortfall, length + longest);
            }
            states[node.Depth] = next;
            counts[node.Depth] = length;
            if (next.Accepts && length >= min)
                ends.Add(new LexemeEnd(i, length, next.Tag));
            if (next.IsFinal)
            {
                i = node.End;
                continue;
            }
            for (int token = node.FirstToken; token < node.OwnEnd; token++)
            {
                bits[sorted[token] >> 6] |= 1UL << sorted[token];
                total++;
            }
            i++;
        }
        return total > FewTokens
            ? new LexemeWalk(vocabulary, bits, null, [.. ends], reach, shortfall, isMeasured)
            : new LexemeWalk(vocabulary, null, Ids(bits, total), [.. ends], reach, shortfall, isMeasured);
    }

    /// <summary>
    /// The walk from a state that soon is as free as any string: where both have come to the same state, what the free string's walk found holds, so some hundred prefixes are looked at instead of all.
    /// </summary>
    private static LexemeWalk Beside(LexState state, Vocabulary vocabulary)
    {
        LexemeWalk free = Of(TextLexer.FreeText, vocabulary, isMeasured: false, static _ => true);
        LexState?[] freeStates = vocabulary.FreeStates;
        TrieNode[] trie = vocabulary.Trie;
        int[] sorted = vocabulary.Sorted;
        var states = new LexState[vocabulary.LongestToken + 1];
        states[0] = state;
        ulong[] bits = new ulong[vocabulary.MaskLength];
        free.AddTo(bits);
        var ends = new List<LexemeEnd>();
        int freeEnd = 0;
        for (int i = 0; i < trie.Length;)
        {
            ref readonly TrieNode node = ref trie[i];
            LexState? next = states[node.Depth - 1].Next(node.Byte);
            while (freeEnd < free.Ends.Length && free.Ends[freeEnd].Node < i)
                freeEnd++;
            if (ReferenceEquals(next, freeStates[i]))
            {
                for (; freeEnd < free.Ends.Length && free.Ends[freeEnd].Node < node.End; freeEnd++)
                    ends.Add(free.Ends[freeEnd]);
                i = node.End;
                continue;
            }
            bool stays = next is { IsFinal: false };
            int last = stays ? node.OwnEnd : node.End < trie.Length ? trie[node.End].FirstToken : sorted.Length;
            for (int token = node.FirstToken; token < last; token++)
            {
                if (stays)
                    bits[sorted[token] >> 6] |= 1UL << sorted[token];
                else
                    bits[sorted[token] >> 6] &= ~(1UL << sorted[token]);
            }
            if (next is { Accepts: true })
                ends.Add(new LexemeEnd(i, 0, next.Tag));
            if (!stays)
            {
                i = node.End;
                continue;
            }
            states[node.Depth] = next!;
            i++;
        }
        return new LexemeWalk(vocabulary, bits, null, [.. ends], int.MaxValue, 0, isMeasured: false);
    }

    /// <summary>Adds the tokens that stay inside the lexeme.</summary>
    public void AddTo(Span<ulong> mask)
    {
        if (_bits is not null)
        {
            Merge(mask, _bits);
            return;
        }
        foreach (int id in _ids!)
            mask[id >> 6] |= 1UL << id;
    }

    private static void Merge(Span<ulong> mask, ReadOnlySpan<ulong> bits)
    {
        Span<Vector<ulong>> into = System.Runtime.InteropServices.MemoryMarshal.Cast<ulong, Vector<ulong>>(mask);
        ReadOnlySpan<Vector<ulong>> from = System.Runtime.InteropServices.MemoryMarshal.Cast<ulong, Vector<ulong>>(bits);
        int vectors = Math.Min(into.Length, from.Length);
        for (int i = 0; i < vectors; i++)
            into[i] |= from[i];
        for (int i = vectors * Vector<ulong>.Count; i < bits.Length; i++)
            mask[i] |= bits[i];
    }

    private static int[] Ids(ulong[] bits, int total)
    {
        int[] ids = new int[total];
        int at = 0;
        for (int word = 0; at < total; word++)
        {
            for (ulong left = bits[word]; left != 0; left &= left - 1)
                ids[at++] = (word << 6) + BitOperations.TrailingZeroCount(left);
        }
        return ids;
    }
}
