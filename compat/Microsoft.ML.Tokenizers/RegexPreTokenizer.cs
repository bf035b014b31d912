using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>Pieces are the matches of a regular expression; special tokens, where given, are cut out first.</summary>
/// <remarks>
/// The expression sees only what follows the previous piece, so an assertion that looks back finds the start of a text there.
/// </remarks>
public sealed class RegexPreTokenizer : PreTokenizer
{
    private readonly Regex _regex;
    private readonly Regex? _specialTokens;
    private readonly bool _looksBack;

    public RegexPreTokenizer(Regex regex, IReadOnlyDictionary<string, int>? specialTokens)
    {
        ArgumentNullException.ThrowIfNull(regex);
        _regex = regex;
        _looksBack = MayLookBack(regex);
        if (specialTokens is { Count: > 0 })
            _specialTokens = new Regex(string.Join('|', specialTokens.Keys.Select(Regex.Escape)), RegexOptions.Compiled);
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) =>
        string.IsNullOrEmpty(text) ? [] : Split(text);

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) =>
        text.IsEmpty ? [] : Split(text);

    internal List<(int Offset, int Length)> Split(ReadOnlySpan<char> text)
    {
        var pieces = new List<(int, int)>(text.Length / 4 + 4);
        int start = 0;
        if (_specialTokens is not null)
        {
            foreach (ValueMatch special in _specialTokens.EnumerateMatches(text))
            {
                SplitPlain(text[..special.Index], start, pieces);
                pieces.Add((special.Index, special.Length));
                start = special.Index + special.Length;
            }
        }
        SplitPlain(text, start, pieces);
        return pieces;
    }

    private void SplitPlain(ReadOnlySpan<char> text, int start, List<(int, int)> pieces)
    {
        if (!_looksBack)
        {
            // One enumeration over everything saves a set-up of the matcher for every piece.
            foreach (ValueMatch match in _regex.EnumerateMatches(text[start..]))
                pieces.Add((start + match.Index, match.Length));
            return;
        }
        while (start < text.Length)
        {
            Regex.ValueMatchEnumerator matches = _regex.EnumerateMatches(text[start..]);
            if (!matches.MoveNext())
                return;
            ValueMatch match = matches.Current;
            pieces.Add((start + match.Index, match.Length));
            start += match.Index + Math.Max(match.Length, 1);
        }
    }

    /// <summary>Errs towards true: the fast path is only for expressions without any anchor or look-behind.</summary>
    private static bool MayLookBack(Regex regex)
    {
        string pattern = regex.ToString().Replace("[^", "[", StringComparison.Ordinal);
        return regex.RightToLeft || pattern.Contains('^') || pattern.Contains("(?<", StringComparison.Ordinal)
            || pattern.Contains(@"\b", StringComparison.Ordinal) || pattern.Contains(@"\B", StringComparison.Ordinal)
            || pattern.Contains(@"\A", StringComparison.Ordinal) || pattern.Contains(@"\G", StringComparison.Ordinal);
    }
}
