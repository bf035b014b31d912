using System.Text.RegularExpressions;

namespace MhcPipeline.Tokenization.Pieces;

/// <summary>The pattern that cuts text into pieces; merges never cross from one piece into another.</summary>
public static partial class PiecePattern
{
    /// <summary>
    /// What GPT-4's cl100k pattern matches, in this order: English contractions; letters with one leading character that is neither letter,
    /// number nor line break (mostly a space); up to three digits; other visible characters with one leading space and trailing line breaks;
    /// white space up to its last line break; white space except the one character that a following word takes; the rest of white space.
    /// Every character is in some piece.
    /// </summary>
    /// <remarks>Upper and lower case are spelled out, so that engines with different rules for case agree.</remarks>
    public const string Text =
        @"'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])" +
        @"|[^\r\n\p{L}\p{N}]?\p{L}+" +
        @"|\p{N}{1,3}" +
        @"| ?[^\s\p{L}\p{N}]+[\r\n]*" +
        @"|\s*[\r\n]+" +
        @"|\s+(?!\S)" +
        @"|\s+";

    /// <summary>GPT-2's pattern, which Hugging Face's ByteLevel pre-tokenizer applies by default.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>A compiled expression for a pattern.</summary>
    /// <exception cref="ArgumentException">The pattern is not a regular expression that .NET understands.</exception>
    public static Regex Compile(string pattern) =>
        pattern == Text ? Compiled() : new Regex(pattern, RegexOptions.Compiled | RegexOptions.CultureInvariant);

    [GeneratedRegex(Text, RegexOptions.CultureInvariant)]
    private static partial Regex Compiled();
}
