using System.Buffers;

namespace Microsoft.ML.Tokenizers.Internal;

/// <summary>Vocabulary and merges, checked against one another, and the encoding of one piece of text with them.</summary>
internal sealed class BpeModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly MergeTable _merges;
    private readonly WordCache _cache = new();
    private readonly string? _prefix;
    private readonly string? _suffix;
    private readonly bool _byteLevel;
    private readonly bool _fuseUnknown;

    public BpeModel(BpeOptions options)
    {
        Vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        TokenOf = [];
        foreach ((string token, int id) in options.Vocabulary)
        {
            Vocabulary.Add(token, id);
            TokenOf.Add(id, token);
        }
        if (Vocabulary.Count == 0)
            throw new InvalidOperationException("The vocabulary has no tokens.");
        _lookup = Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _prefix = options.ContinuingSubwordPrefix;
        _suffix = options.EndOfWordSuffix;
        _byteLevel = options.ByteLevel;
        _fuseUnknown = options.FuseUnknownTokens;
        UnknownId = options.UnknownToken is { } unknown
            ? Vocabulary.TryGetValue(unknown, out int id2) ? id2 : throw new InvalidOperationException($"The unknown token '{unknown}' is not in the vocabulary.")
            : null;
        _merges = ReadMerges(options.Merges);
    }

    public Dictionary<string, int> Vocabulary { get; }

    public Dictionary<int, string> TokenOf { get; }

    public int? UnknownId { get; }

    /// <summary>Encodes one piece; short pieces are remembered.</summary>
    public Word Encode(ReadOnlySpan<char> text)
    {
        if (text.Length > WordCache.LongestText)
            return EncodeUncached(text, "");
        if (_cache.Find(text, out int slot) is { } known)
            return known;
        Word word = EncodeUncached(text, text.ToString());
        _cache.Store(slot, word);
        return word;
    }

    private Word EncodeUncached(ReadOnlySpan<char> text, string key)
    {
        // A UTF-16 unit is at most three UTF-8 bytes; without ByteLevel the room is only for ids and lengths.
        int room = text.Length * 3;
        char[] spelled = ArrayPool<char>.Shared.Rent(room);
        int[] symbols = ArrayPool<int>.Shared.Rent(room * 2);
        try
        {
            if (_byteLevel)
                text = spelled.AsSpan(0, ByteAlphabet.Spell(text, spelled, []));
            Span<int> ids = symbols.AsSpan(0, room);
            Span<int> lengths = symbols.AsSpan(room, room);
            int count = ToSymbols(text, ids, lengths);
            count = Merger.Merge(_merges, ids[..count], lengths[..count]);
            return new Word(key, ids[..count].ToArray(), lengths[..count].ToArray());
        }
        finally
        {
            ArrayPool<char>.Shared.Return(spelled);
            ArrayPool<int>.Shared.Return(symbols);
        }
    }

    /// <summary>One symbol a character; a character without a token becomes the unknown token, or is left out if there is none.</summary>
    private int ToSymbols(ReadOnlySpan<char> text, Span<int> ids, Span<int> lengths)
    {
        int count = 0;
        bool lastUnknown = false;
        for (int i = 0; i < text.Length;)
        {
            int length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            if (TryFind(text, i, length, out int id))
            {
                ids[count] = id;
                lengths[count++] = length;
                lastUnknown = false;
            }
            else if (UnknownId is { } unknown)
            {
                if (lastUnknown && _fuseUnknown)
                {
                    lengths[count - 1] += length;
                }
                else
                {
                    ids[count] = unknown;
                    lengths[count++] = length;
                }
                lastUnknown = true;
            }
            i += length;
        }
        return count;
    }

    private bool TryFind(ReadOnlySpan<char> text, int start, int length, out int id)
    {
        ReadOnlySpan<char> symbol = text.Slice(start, length);
        bool prefixed = _prefix is not null && start > 0;
        bool suffixed = _suffix is not null && start + length >= text.Length;
        if (!prefixed && !suffixed)
            return _lookup.TryGetValue(symbol, out id);
        return _lookup.TryGetValue($"{(prefixed ? _prefix : "")}{symbol}{(suffixed ? _suffix : "")}", out id);
    }

    private MergeTable ReadMerges(IEnumerable<string>? merges)
    {
        string[] lines = merges?.ToArray() ?? [];
        var table = new MergeTable(lines.Length);
        for (int rank = 0; rank < lines.Length; rank++)
        {
            string line = lines[rank] ?? throw new InvalidOperationException("A merge is null.");
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || space == line.Length - 1 || line.IndexOf(' ', space + 1) >= 0)
                throw new InvalidOperationException($"The merge '{line}' is not two tokens with one space between them.");
            string left = line[..space];
            string right = line[(space + 1)..];
            int prefix = _prefix?.Length ?? 0;
            int leftId = Id(left, line);
            int rightId = Id(right, line);
            if (right.Length <= prefix)
                throw new InvalidOperationException($"The merge '{line}' has a second token no longer than the prefix '{_prefix}'.");
            int merged = Id(string.Concat(left, right.AsSpan(prefix)), line);
            if (!table.Add(leftId, rightId, rank, merged))
                throw new ArgumentException($"The merge '{line}' is there twice.");
        }
        return table;
    }

    private int Id(string token, string merge) => Vocabulary.TryGetValue(token, out int id)
        ? id
        : throw new InvalidOperationException($"The merge '{merge}' needs the token '{token}', which is not in the vocabulary.");
}
