using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace MhcPipeline.Compat.Tests.Tokenizers;

public class ByteLevelBpeTests
{
    private static readonly BpeTokenizer _tokenizer = SmallBpe.ByteLevel();

    private static readonly Arbitrary<string> _text = Arb.From(
        Gen.ListOf(Gen.OneOf(Gen.Elements("the ", "é", "日本", "😀", "\n", "Ġ"), Gen.Choose(0, 0xD7FF).Select(c => ((char)c).ToString()))).Select(string.Concat));

    [Fact]
    public void Every_text_comes_back() =>
        Check.QuickThrowOnFailure(Prop.ForAll(_text, text => _tokenizer.Decode(_tokenizer.EncodeToIds(text)) == text));

    [Fact]
    public void The_tokens_spell_the_bytes_of_the_text() =>
        Check.QuickThrowOnFailure(Prop.ForAll(_text, text => _tokenizer.EncodeToTokens(text, out _).Sum(token => token.Value.Length) == Encoding.UTF8.GetByteCount(text)));

    [Fact]
    public void Span_and_string_encode_alike_and_are_counted_right() =>
        Check.QuickThrowOnFailure(Prop.ForAll(_text, text =>
        {
            IReadOnlyList<int> ids = _tokenizer.EncodeToIds(text);
            return ids.SequenceEqual(_tokenizer.EncodeToIds(text.AsSpan())) && _tokenizer.CountTokens(text) == ids.Count && _tokenizer.CountTokens(text.AsSpan()) == ids.Count;
        }));

    [Fact]
    public void Long_pieces_merge_as_short_ones_do()
    {
        // Beyond 48 symbols a heap takes over from scanning; the text repeats, so the tokens must too.
        BpeTokenizer whole = SmallBpe.ByteLevel(@"[\s\S]+");
        int[] once = [.. whole.EncodeToIds("the xthat é ")];
        Assert.Equal(Enumerable.Repeat(once, 40).SelectMany(ids => ids), whole.EncodeToIds(string.Concat(Enumerable.Repeat("the xthat é ", 40))));
    }

    [Fact]
    public void Encoding_stops_at_the_wanted_number_of_tokens()
    {
        IReadOnlyList<int> ids = _tokenizer.EncodeToIds("the é!", 2, out string? normalized, out int consumed);
        Assert.Equal([257, ' '], ids);
        Assert.Equal(4, consumed);
        Assert.Null(normalized);
    }

    [Fact]
    public void At_least_one_token_must_be_wanted() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _tokenizer.EncodeToIds("x", 0, out _, out _));

    [Fact]
    public void Tokens_know_the_characters_they_cover()
    {
        IReadOnlyList<EncodedToken> tokens = _tokenizer.EncodeToTokens("the 日", out _);
        Assert.Equal([new(257, "the", 0..3), new(' ', "Ġ", 3..4), new(0xE6, "æ", 4..5), new(0x97, "Ĺ", 4..5), new(0xA5, "¥", 4..5)], tokens);
    }

    [Fact]
    public void A_lone_surrogate_is_encoded_as_its_three_bytes() =>
        Assert.Equal([0xED, 0xA0, 0x80], _tokenizer.EncodeToIds("\uD800"));

    [Fact]
    public void Bytes_that_are_no_text_decode_to_the_replacement_character_and_unknown_ids_to_nothing() =>
        Assert.Equal("a\uFFFDb", _tokenizer.Decode(['a', 0xE6, 99999, 'b']));

    [Fact]
    public void A_piece_that_is_a_special_token_becomes_it()
    {
        var special = new Dictionary<string, int> { ["<|end|>"] = 500 };
        BpeTokenizer tokenizer = SmallBpe.ByteLevel(@"\S+|\s+", special);
        Assert.Equal([257, 500, ' ', 500, 'x'], tokenizer.EncodeToIds("the<|end|> <|end|>x"));
        Assert.Equal("<|end|>x", tokenizer.Decode([500, 'x']));
        Assert.Equal("x", tokenizer.Decode([500, 'x'], considerSpecialTokens: false));
    }

    [Fact]
    public void Characters_in_no_piece_are_dropped() =>
        Assert.Equal(['a', 'b'], SmallBpe.ByteLevel("[a-z]").EncodeToIds("a b!"));
}
