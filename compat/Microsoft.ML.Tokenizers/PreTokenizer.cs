using System.Text.RegularExpressions;

namespace Microsoft.ML.Tokenizers;

/// <summary>Splits a text into the pieces that are encoded one by one. Characters in no piece are dropped.</summary>
public abstract partial class PreTokenizer
{
    private static PreTokenizer? _wordOrNonWord;

    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(string text);

    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text);

    /// <summary>Runs of word characters, and runs of what is neither word nor white space.</summary>
    public static PreTokenizer CreateWordOrNonWord(IReadOnlyDictionary<string, int>? specialTokens = null) =>
        specialTokens is null
            ? _wordOrNonWord ??= new RegexPreTokenizer(WordOrNonWord(), null)
            : new RegexPreTokenizer(WordOrNonWord(), specialTokens);

    [GeneratedRegex(@"\w+|[^\w\s]+")]
    private static partial Regex WordOrNonWord();
}
