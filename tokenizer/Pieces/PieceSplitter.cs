using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace MhcPipeline.Tokenization.Pieces;

/// <summary>
/// Cuts text into the matches of a pattern, by code point: .NET's expressions see a character beyond U+FFFF as two surrogates without a
/// class, other tokenizers as the letter, digit or symbol that it is. What no match covers becomes a piece of its own, so nothing is lost.
/// </summary>
/// <param name="regex">The pattern.</param>
public sealed class PieceSplitter(Regex regex) : PreTokenizer
{
    private const int Categories = (int)UnicodeCategory.OtherNotAssigned + 1;

    private static readonly char[] _standIns = FindStandIns();

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    /// <inheritdoc/>
    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var pieces = new List<(int, int)>(text.Length / 4 + 1);
        Split(text, pieces);
        return pieces;
    }

    /// <summary>Adds the pieces of <paramref name="text"/>, from first to last and without gaps.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pieces">Receives offset and length of each piece, in UTF-16 units.</param>
    internal void Split(ReadOnlySpan<char> text, List<(int Offset, int Length)> pieces)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            Match(text, pieces);
            return;
        }

        char[] projected = ArrayPool<char>.Shared.Rent(text.Length);
        int first = pieces.Count;
        Match(projected.AsSpan(0, Project(text, projected)), pieces);
        ArrayPool<char>.Shared.Return(projected);
        int offset = 0;
        for (int i = first; i < pieces.Count; i++)
        {
            int length = Widen(text[offset..], pieces[i].Length);
            pieces[i] = (offset, length);
            offset += length;
        }
    }

    private void Match(ReadOnlySpan<char> text, List<(int, int)> pieces)
    {
        int end = 0;
        foreach (ValueMatch match in regex.EnumerateMatches(text))
        {
            if (match.Index > end)
                pieces.Add((end, match.Index - end));
            if (match.Length > 0)
                pieces.Add((match.Index, match.Length));
            end = match.Index + match.Length;
        }
        if (end < text.Length)
            pieces.Add((end, text.Length - end));
    }

    /// <summary>Replaces each surrogate pair by one character of the same category; returns the new length.</summary>
    private static int Project(ReadOnlySpan<char> text, Span<char> projected)
    {
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                projected[length++] = _standIns[(int)Rune.GetUnicodeCategory(new Rune(text[i], text[++i]))];
            else
                projected[length++] = text[i];
        }
        return length;
    }

    /// <summary>UTF-16 units of the first so many code points.</summary>
    private static int Widen(ReadOnlySpan<char> text, int codePoints)
    {
        int units = 0;
        for (; codePoints > 0; codePoints--)
            units += units + 1 < text.Length && char.IsSurrogatePair(text[units], text[units + 1]) ? 2 : 1;
        return units;
    }

    /// <summary>For every category a character from beyond Latin-1, where patterns name no character literally.</summary>
    private static char[] FindStandIns()
    {
        var standIns = new char[Categories];
        for (int c = 0xFFFF; c >= 0x100; c--)
            standIns[(int)CharUnicodeInfo.GetUnicodeCategory((char)c)] = (char)c;
        return standIns;
    }
}
