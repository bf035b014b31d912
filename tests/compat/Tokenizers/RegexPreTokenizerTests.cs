using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace MhcPipeline.Compat.Tests.Tokenizers;

public class RegexPreTokenizerTests
{
    [Fact]
    public void Pieces_are_the_matches() =>
        Assert.Equal([(0, 2), (3, 1)], new RegexPreTokenizer(new Regex(@"\w+"), null).PreTokenize("ab c"));

    [Fact]
    public void Special_tokens_are_cut_out_first()
    {
        var special = new Dictionary<string, int> { ["<x>"] = 1 };
        Assert.Equal([(0, 1), (1, 3), (4, 2)], new RegexPreTokenizer(new Regex(@"\S+"), special).PreTokenize("a<x>bc"));
    }

    [Fact]
    public void An_expression_sees_each_rest_as_a_text_of_its_own() =>
        Assert.Equal([(0, 1), (1, 1), (2, 1)], new RegexPreTokenizer(new Regex("^a"), null).PreTokenize("aaa"));

    [Fact]
    public void The_default_pieces_are_words_and_what_is_none() =>
        Assert.Equal([(0, 2), (3, 2), (5, 1)], PreTokenizer.CreateWordOrNonWord().PreTokenize("ab !?c"));

    [Fact]
    public void No_text_has_no_pieces()
    {
        Assert.Empty(PreTokenizer.CreateWordOrNonWord().PreTokenize(""));
        Assert.Empty(PreTokenizer.CreateWordOrNonWord().PreTokenize(ReadOnlySpan<char>.Empty));
    }
}
