using System.Collections.Concurrent;

namespace MhcPipeline.Constraints.Lexing;

/// <summary>A list of byte strings as a tree; a lexeme is one of those that are allowed where it begins.</summary>
internal sealed class WordsLexeme
{
    private const int MostStates = 50_000;

    private readonly byte[][] _words;
    private readonly int[] _tags;
    private readonly WordState _start;
    private readonly ConcurrentDictionary<(int First, int End, int Depth), WordState> _states = new();
    private int _count; // of ours: a concurrent dictionary locks all of itself to count

    /// <summary>Makes the tree.</summary>
    /// <param name="words">The byte strings; the index of each is its tag.</param>
    public WordsLexeme(IReadOnlyList<byte[]> words)
    {
        _tags = [.. Enumerable.Range(0, words.Count)];
        Array.Sort(_tags, (a, b) => words[a].AsSpan().SequenceCompareTo(words[b]));
        _words = [.. _tags.Select(tag => words[tag])];
        _start = new WordState(this, 0, _words.Length, 0, null);
    }

    /// <summary>The start of any word.</summary>
    public LexState Start() => _start;

    /// <summary>The start of the allowed words.</summary>
    /// <param name="allowed">By tag.</param>
    /// <returns>Null where none is.</returns>
    public LexState? Start(bool[] allowed) => Among(0, _words.Length, 0, allowed);

    /// <summary>The allowed ones of some words. Where they stand side by side the state needs no list: it is the same, whatever else is allowed elsewhere.</summary>
    private WordState? Among(int first, int end, int depth, bool[] allowed)
    {
        while (first < end && !allowed[_tags[first]])
            first++;
        while (end > first && !allowed[_tags[end - 1]])
            end--;
        if (first >= end)
            return null;
        for (int i = first; i < end; i++)
        {
            if (!allowed[_tags[i]])
                return new WordState(this, first, end, depth, allowed);
        }
        return State(first, end, depth);
    }

    private WordState State(int first, int end, int depth)
    {
        if (_states.TryGetValue((first, end, depth), out WordState? known))
            return known;
        if (Interlocked.Increment(ref _count) > MostStates)
        {
            _states.Clear(); // those in use go on, and are made again for others
            Interlocked.Exchange(ref _count, 0);
        }
        return _states.GetOrAdd((first, end, depth), static (made, lexeme) => new WordState(lexeme, made.First, made.End, made.Depth, null), this);
    }

    /// <summary>The place after all words, from one on, whose byte at a depth is not above another; none of them ends before it.</summary>
    private int After(int first, int end, int depth, int b)
    {
        while (first < end)
        {
            int middle = (first + end) >> 1;
            if (_words[middle][depth] <= b)
                first = middle + 1;
            else
                end = middle;
        }
        return first;
    }

    /// <summary>Words that begin alike, up to a depth: those from one place to another in the sorted list.</summary>
    private sealed class WordState : LexState
    {
        private readonly WordsLexeme _lexeme;
        private readonly int _longer; // the first word that goes on
        private readonly int _end;
        private readonly int _depth;
        private readonly int _tag;
        private readonly bool[]? _allowed;

        public WordState(WordsLexeme lexeme, int first, int end, int depth, bool[]? allowed)
        {
            (_lexeme, _end, _depth, _allowed, _longer) = (lexeme, end, depth, allowed, first);
            bool ends = lexeme._words[first].Length == depth;
            _tag = ends ? lexeme._tags[first] : -1;
            while (_longer < end && lexeme._words[_longer].Length == depth)
                _longer++;
            ulong[] possible = new ulong[4];
            for (int i = _longer; i < end;)
            {
                byte b = lexeme._words[i][depth];
                possible[b >> 6] |= 1UL << b;
                i = lexeme.After(i, end, depth, b);
            }
            Possible = possible;
        }

        public override bool Accepts => _tag >= 0;

        public override int Tag => _tag;

        public override bool IsFinal => _longer == _end;

        protected override LexState? Step(byte b)
        {
            int low = _lexeme.After(_longer, _end, _depth, b - 1), high = _lexeme.After(low, _end, _depth, b);
            return low >= high ? null : _allowed is null ? _lexeme.State(low, high, _depth + 1) : _lexeme.Among(low, high, _depth + 1, _allowed);
        }
    }
}
