using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Tokenizers.Internal;

namespace Microsoft.ML.Tokenizers;

/// <summary>Byte pair encoding with a given vocabulary and merges. Safe for concurrent use.</summary>
public sealed class BpeTokenizer : Tokenizer
{
    private readonly BpeModel _model;
    private readonly PreTokenizer _preTokenizer;
    private readonly Normalizer? _normalizer;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>>? _special;
    private readonly Dictionary<int, string> _specialOf = [];

    private BpeTokenizer(BpeOptions options)
    {
        _model = new BpeModel(options);
        _preTokenizer = options.PreTokenizer ?? PreTokenizer.CreateWordOrNonWord();
        _normalizer = options.Normalizer;
        UnknownToken = options.UnknownToken;
        ContinuingSubwordPrefix = options.ContinuingSubwordPrefix;
        EndOfWordSuffix = options.EndOfWordSuffix;
        FuseUnknownTokens = options.FuseUnknownTokens;
        ByteLevel = options.ByteLevel;
        SpecialTokens = options.SpecialTokens;
        if (options.SpecialTokens is { } special)
        {
            _special = new Dictionary<string, int>(special, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
            _specialOf = special.ToDictionary(pair => pair.Value, pair => pair.Key);
        }
    }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; }

    public string? UnknownToken { get; }

    public string? ContinuingSubwordPrefix { get; }

    public string? EndOfWordSuffix { get; }

    public bool FuseUnknownTokens { get; }

    public bool ByteLevel { get; }

    public override PreTokenizer? PreTokenizer => _preTokenizer;

    public override Normalizer? Normalizer => _normalizer;

    public IReadOnlyDictionary<string, int> Vocabulary => _model.Vocabulary.AsReadOnly();

    public static BpeTokenizer Create(BpeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new BpeTokenizer(options);
    }

    public override string Decode(IEnumerable<int> ids) => Decode(ids, considerSpecialTokens: true);

    /// <summary>Ids without a token are skipped; bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return ByteLevel ? DecodeBytes(ids, considerSpecialTokens) : DecodeCharacters(ids, considerSpecialTokens);
    }

    protected override EncodeResults<int> EncodeToIds(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var ids = new List<int>();
        ReadOnlySpan<char> source = Prepare(text, textSpan, settings, out string? normalized);
        int consumed = Walk(source, settings, ids, out _);
        return new EncodeResults<int> { Tokens = ids, NormalizedText = normalized, CharsConsumed = consumed };
    }

    protected override int CountTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        Walk(Prepare(text, textSpan, settings, out _), settings, null, out int count);
        return count;
    }

    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        var tokens = new List<EncodedToken>();
        ReadOnlySpan<char> source = Prepare(text, textSpan, settings, out string? normalized);
        foreach ((int offset, int length) in CollectionsMarshal.AsSpan(Pieces(source, settings)))
            AddTokens(source.Slice(offset, length), offset, tokens);
        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = source.Length };
    }

    private ReadOnlySpan<char> Prepare(string? text, ReadOnlySpan<char> span, EncodeSettings settings, out string? normalized)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(settings.MaxTokenCount);
        normalized = null;
        ReadOnlySpan<char> source = text is null ? span : text;
        if (source.IsEmpty || _normalizer is null || !settings.ConsiderNormalization)
            return source;
        return normalized = text is null ? _normalizer.Normalize(span) : _normalizer.Normalize(text);
    }

    /// <summary>A list, since walking over one is much faster than over an enumerator behind an interface.</summary>
    private List<(int Offset, int Length)> Pieces(ReadOnlySpan<char> text, EncodeSettings settings)
    {
        if (text.IsEmpty)
            return [];
        if (!settings.ConsiderPreTokenization)
            return [(0, text.Length)];
        IEnumerable<(int, int)> pieces = _preTokenizer.PreTokenize(text);
        return pieces as List<(int, int)> ?? [.. pieces];
    }

    /// <summary>Encodes piece by piece up to the wanted number of tokens; returns the characters read.</summary>
    private int Walk(ReadOnlySpan<char> text, EncodeSettings settings, List<int>? ids, out int count)
    {
        count = 0;
        int consumed = 0;
        foreach ((int offset, int length) in CollectionsMarshal.AsSpan(Pieces(text, settings)))
        {
            ReadOnlySpan<char> piece = text.Slice(offset, length);
            int left = settings.MaxTokenCount - count;
            int read = length;
            if (_special?.TryGetValue(piece, out int special) is true)
            {
                ids?.Add(special);
                count++;
            }
            else
            {
                Word word = _model.Encode(piece);
                int taken = Math.Min(left, word.Ids.Length);
                ids?.AddRange(word.Ids.AsSpan(0, taken));
                count += taken;
                if (taken < word.Ids.Length)
                    read = CharactersOf(piece, word, taken);
            }
            consumed = offset + read;
            if (read < length || count >= settings.MaxTokenCount)
                break;
        }
        return consumed;
    }

    private int CharactersOf(ReadOnlySpan<char> piece, Word word, int tokens)
    {
        int spelled = word.Lengths.Take(tokens).Sum();
        if (!ByteLevel)
            return spelled;
        int[] origin = Origins(piece, out int length);
        return spelled >= length ? piece.Length : origin[spelled];
    }

    private void AddTokens(ReadOnlySpan<char> piece, int offset, List<EncodedToken> tokens)
    {
        if (_special?.TryGetValue(piece, out int special) is true)
        {
            tokens.Add(new EncodedToken(special, piece.ToString(), offset..(offset + piece.Length)));
            return;
        }
        Word word = _model.Encode(piece);
        int[]? origin = ByteLevel ? Origins(piece, out _) : null;
        int start = 0;
        for (int i = 0; i < word.Ids.Length; i++)
        {
            int end = start + word.Lengths[i];
            Range covered = origin is null ? (offset + start)..(offset + end) : (offset + origin[start])..(offset + origin[end - 1] + 1);
            tokens.Add(new EncodedToken(word.Ids[i], _model.TokenOf[word.Ids[i]], covered));
            start = end;
        }
    }

    private static int[] Origins(ReadOnlySpan<char> piece, out int length)
    {
        var origin = new int[piece.Length * 3];
        length = ByteAlphabet.Spell(piece, new char[origin.Length], origin);
        return origin;
    }

    private string DecodeBytes(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        var bytes = new List<byte>();
        foreach (int id in ids)
        {
            if (_specialOf.TryGetValue(id, out string? special))
            {
                if (considerSpecialTokens)
                    ByteAlphabet.Unspell(special, bytes);
            }
            else if (_model.TokenOf.TryGetValue(id, out string? token))
            {
                ReadOnlySpan<char> inner = token;
                if (EndOfWordSuffix is not null && inner.EndsWith(EndOfWordSuffix, StringComparison.Ordinal))
                    inner = inner[..^EndOfWordSuffix.Length];
                if (ContinuingSubwordPrefix is not null && inner.StartsWith(ContinuingSubwordPrefix, StringComparison.Ordinal))
                    inner = inner[ContinuingSubwordPrefix.Length..];
                ByteAlphabet.Unspell(inner, bytes);
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private string DecodeCharacters(IEnumerable<int> ids, bool considerSpecialTokens)
    {
        var text = new StringBuilder();
        foreach (int id in ids)
        {
            if (_specialOf.TryGetValue(id, out string? special))
                text.Append(considerSpecialTokens ? special : null);
            else if (id == _model.UnknownId)
                text.Append(considerSpecialTokens ? UnknownToken : null);
            else if (_model.TokenOf.TryGetValue(id, out string? token))
                text.Append(token);
        }
        string result = text.ToString();
        if (EndOfWordSuffix is { Length: > 0 } suffix)
        {
            if (result.EndsWith(suffix, StringComparison.Ordinal))
                result = result[..^suffix.Length];
            result = result.Replace(suffix, " ", StringComparison.Ordinal);
        }
        if (ContinuingSubwordPrefix is { Length: > 0 } prefix)
            result = result.Replace(prefix, "", StringComparison.Ordinal);
        return result;
    }
}
