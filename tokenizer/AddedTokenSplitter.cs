using System.Globalization;
using System.Text;
using MhcPipeline.Tokenization.Files;

namespace MhcPipeline.Tokenization;

/// <summary>
/// Finds added tokens in a text as Hugging Face's tokenizers do: from left to right, the longest that begins at a place; those without
/// the flag <c>normalized</c> first, the others in what is left.
/// </summary>
internal sealed class AddedTokenSplitter
{
    private readonly AddedToken[][] _passes;
    private readonly char[][] _starts;

    /// <param name="tokens">The tokens to find.</param>
    public AddedTokenSplitter(IEnumerable<AddedToken> tokens)
    {
        // Longest first, so that the first that fits is the longest.
        _passes = [.. tokens.Where(token => token.Content.Length > 0).GroupBy(token => token.IsNormalized).OrderBy(pass => pass.Key)
            .Select(pass => pass.OrderByDescending(token => token.Content.Length).ToArray())];
        _starts = [.. _passes.Select(pass => pass.Select(token => token.Content[0]).Distinct().ToArray())];
    }

    /// <summary>True if there is nothing to find.</summary>
    public bool IsEmpty => _passes.Length == 0;

    /// <summary>The parts of a text in order: text between tokens, with the id -1, and tokens, with the text that they take.</summary>
    public IEnumerable<(string Text, int Id)> Split(string text)
    {
        IEnumerable<(string Text, int Id)> parts = [(text, -1)];
        for (int pass = 0; pass < _passes.Length; pass++)
        {
            int current = pass;
            parts = parts.SelectMany(part => part.Id < 0 ? Split(part.Text, _passes[current], _starts[current]) : [part]);
        }
        return parts;
    }

    private static IEnumerable<(string Text, int Id)> Split(string text, AddedToken[] tokens, char[] starts)
    {
        int done = 0;
        for (int at = text.IndexOfAny(starts); at >= 0; at = text.IndexOfAny(starts, at))
        {
            AddedToken? token = Array.Find(tokens, token => string.CompareOrdinal(text, at, token.Content, 0, token.Content.Length) == 0);
            int start = at, end = at + (token?.Content.Length ?? 1);
            at = end;
            if (token is null || (token.IsSingleWord && (EndsWithWord(text.AsSpan(0, start)) || BeginsWithWord(text.AsSpan(end)))))
                continue;
            start = Math.Max(start, done); // the token before may have taken white space with which this one begins
            while (token.StripsLeft && start > done && char.IsWhiteSpace(text[start - 1]))
                start--;
            while (token.StripsRight && end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            if (start > done)
                yield return (text[done..start], -1);
            yield return (text[start..end], token.Id);
            done = end;
        }
        if (done < text.Length)
            yield return (text[done..], -1);
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) => Rune.DecodeLastFromUtf16(text, out Rune last, out _) == System.Buffers.OperationStatus.Done && IsWord(last);

    private static bool BeginsWithWord(ReadOnlySpan<char> text) => Rune.DecodeFromUtf16(text, out Rune first, out _) == System.Buffers.OperationStatus.Done && IsWord(first);

    /// <summary>What \w of Rust's expressions matches: letters, numbers, marks, connectors and joiners.</summary>
    private static bool IsWord(Rune rune) => rune.Value is 0x200C or 0x200D || Rune.GetUnicodeCategory(rune) is
        <= UnicodeCategory.OtherLetter or (>= UnicodeCategory.NonSpacingMark and <= UnicodeCategory.LetterNumber) or UnicodeCategory.ConnectorPunctuation;
}
