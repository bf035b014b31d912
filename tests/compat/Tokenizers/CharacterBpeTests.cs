using Microsoft.ML.Tokenizers;
using Xunit;

namespace MhcPipeline.Compat.Tests.Tokenizers;

public class CharacterBpeTests
{
    [Fact]
    public void Merges_apply_in_their_order_and_from_the_left()
    {
        BpeTokenizer tokenizer = Create(["a", "b", "aa", "ab"], ["a a", "a b"]);
        Assert.Equal(["aa", "ab"], Tokens(tokenizer, "aaab"));
    }

    [Fact]
    public void An_unknown_character_is_dropped_without_an_unknown_token() =>
        Assert.Equal(["a", "b"], Tokens(Create(["a", "b"], []), "axb"));

    [Fact]
    public void An_unknown_character_becomes_the_unknown_token() =>
        Assert.Equal(["a", "?", "?", "b"], Tokens(Create(["a", "b", "?"], [], options => options.UnknownToken = "?"), "axyb"));

    [Fact]
    public void Unknown_characters_fuse_when_asked()
    {
        BpeTokenizer tokenizer = Create(["a", "b", "?"], [], options => (options.UnknownToken, options.FuseUnknownTokens) = ("?", true));
        Assert.Equal(["a", "?", "b"], Tokens(tokenizer, "axyb"));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.EncodeToIds("axyb"), considerSpecialTokens: false));
    }

    [Fact]
    public void A_prefix_marks_what_continues_a_word()
    {
        BpeTokenizer tokenizer = Create(["a", "##b", "##c", "##bc"], ["##b ##c"], options => options.ContinuingSubwordPrefix = "##");
        Assert.Equal(["a", "##bc"], Tokens(tokenizer, "abc"));
        Assert.Equal("abc", tokenizer.Decode(tokenizer.EncodeToIds("abc")));
    }

    [Fact]
    public void A_suffix_marks_the_end_of_a_word()
    {
        BpeTokenizer tokenizer = Create(["a", "b</w>", "ab</w>"], ["a b</w>"], options => options.EndOfWordSuffix = "</w>");
        Assert.Equal(["ab</w>", "ab</w>"], Tokens(tokenizer, "ab ab"));
        Assert.Equal("ab ab", tokenizer.Decode(tokenizer.EncodeToIds("ab ab")));
    }

    [Fact]
    public void Without_pre_tokenization_the_text_is_one_piece() =>
        Assert.Equal([0, 2, 1], Create(["a", "b", " "], []).EncodeToIds("a b", considerPreTokenization: false));

    [Fact]
    public void A_normalizer_comes_first_unless_switched_off()
    {
        BpeTokenizer tokenizer = Create(["a"], [], options => options.Normalizer = new LowerCase());
        Assert.Equal([0, 0], tokenizer.EncodeToIds("aA"));
        Assert.Equal([0], tokenizer.EncodeToIds("aA", considerNormalization: false));
        tokenizer.EncodeToTokens("aA", out string? normalized);
        Assert.Equal("aa", normalized);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a ")]
    [InlineData("a b c")]
    [InlineData("a c")]
    [InlineData("b a")]
    public void A_merge_that_the_vocabulary_does_not_allow_is_refused(string merge) =>
        Assert.Throws<InvalidOperationException>(() => Create(["a", "b", "ab"], [merge]));

    [Fact]
    public void Two_tokens_with_one_id_are_refused() =>
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(new BpeOptions(new Dictionary<string, int> { ["a"] = 1, ["b"] = 1 })));

    [Fact]
    public void An_unknown_token_outside_the_vocabulary_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Create(["a"], [], options => options.UnknownToken = "?"));

    [Fact]
    public void An_empty_vocabulary_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Create([], []));

    private static BpeTokenizer Create(string[] tokens, string[] merges, Action<BpeOptions>? change = null)
    {
        var options = new BpeOptions(tokens.Select((token, id) => KeyValuePair.Create(token, id))) { Merges = merges };
        change?.Invoke(options);
        return BpeTokenizer.Create(options);
    }

    private static IEnumerable<string> Tokens(BpeTokenizer tokenizer, string text) => tokenizer.EncodeToTokens(text, out _).Select(token => token.Value);

    private sealed class LowerCase : Normalizer
    {
        public override string Normalize(string original) => original.ToLowerInvariant();

        public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());
    }
}
