namespace MhcPipeline.Constraints.Lexing;

/// <summary>A list of byte strings as a tree; a lexeme is one of those that are allowed where it begins.</summary>
internal sealed class WordsLexeme
{
    private readonly byte[][] _words;
    private readonly int[] _tags;

    /// <summary>Makes the tree.</summary>
    /// <param name="words">The byte strings; the index of each is its tag.</param>
    public WordsLexeme(IReadOnlyList<byte[]> words)
    {
        _tags = [.. Enumerable.Range(0, words.Count)];
        Array.Sort(_tags, (a, b) => words[a].AsSpan().SequenceCompareTo(words[b]));
        _words = [.. _tags.Select(tag => words[tag])];
    }

    /// <summary>The start of any word.</summary>
    public LexState Start() => new WordState(this, 0, _words.Length, 0, null);

    /// <summary>The start of the allowed words.</summary>
    /// <param name="allowed">By tag.</param>
    /// <returns>Null where none is.</returns>
    public LexState? Start(bool[] allowed) => allowed.Contains(true) ? new WordState(this, 0, _words.Length, 0, allowed) : null;

    private sealed class WordState(WordsLexeme lexeme, int first, int end, int depth, bool[]? allowed) : LexState
    {
        private readonly int _tag = lexeme._words[first].Length == depth ? Enumerable.Range(first, end - first).Where(i => lexeme._words[i].Length == depth && (allowed is null || allowed[lexeme._tags[i]])).Select(i => lexeme._tags[i]).FirstOrDefault(-1) : -1;

        public override bool Accepts => _tag >= 0;

        public override int Tag => _tag;

        public override bool IsFinal => lexeme._words[end - 1].Length == depth;

        protected override LexState? Step(byte b)
        {
            int low = first, high = end;
            while (low < high && (lexeme._words[low].Length <= depth || lexeme._words[low][depth] < b))
                low++;
            while (high > low && lexeme._words[high - 1].Length > depth && lexeme._words[high - 1][depth] > b)
                high--;
            if (low >= high)
                return null;
            if (allowed is not null)
            {
                bool any = false;
                for (int i = low; i < high && !any; i++)
                    any = allowed[lexeme._tags[i]];
                if (!any)
                    return null;
            }
            return new WordState(lexeme, low, high, depth + 1, allowed);
        }
    }
}
