using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Tokenization.Pieces;

namespace MhcPipeline.Tokenization.Tests;

public class PieceSplitterTests
{
    private static readonly PieceSplitter _splitter = new(PiecePattern.Compile(PiecePattern.Text));

    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("I'm you'LL we've", "I|'m| you|'LL| we|'ve")]
    [InlineData("12345 6", "123|45| |6")]
    [InlineData("a  b", "a| | b")]
    [InlineData("x = (y);\n\nz", "x| =| (|y|);\n\n|z")]
    [InlineData("a \n\t b", "a| \n|\t| b")]
    [InlineData("end  ", "end|  ")]
    [InlineData("_name $5", "_name| $|5")]
    [InlineData("😀abc 日本語", "😀abc| 日本語")]
    [InlineData("𝒜𝓑c 𝟘𝟙𝟚𝟛", "𝒜𝓑c| |𝟘𝟙𝟚|𝟛")]
    public void Cuts_as_the_pattern_says(string text, string expected) =>
        Assert.Equal(expected.Split('|'), _splitter.PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length)));

    [Fact]
    public void Pieces_cover_the_text_without_gaps() => Check.QuickThrowOnFailure(Prop.ForAll(Texts.Any, text =>
    {
        int end = 0;
        return _splitter.PreTokenize(text).All(piece => piece.Offset == end && (end += piece.Length) <= text.Length && piece.Length > 0) && end == text.Length;
    }));

    [Fact]
    public void What_a_pattern_does_not_match_is_a_piece_too() =>
        Assert.Equal([(0, 1), (1, 2), (3, 1), (4, 1)], new PieceSplitter(PiecePattern.Compile("b+|d")).PreTokenize("abbcd"));
}
