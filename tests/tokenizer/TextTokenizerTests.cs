using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core.Text;

namespace MhcPipeline.Tokenization.Tests;

public class TextTokenizerTests
{
    private static readonly TextTokenizer _tokenizer = SmallTokenizer.Create("t h", "th e", "Ġ the", "l l", "Ã ©");

    [Fact]
    public void Every_unicode_text_comes_back() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Any, text => _tokenizer.Decode(_tokenizer.Encode(text)) == text));

    [Fact]
    public void Every_byte_sequence_comes_back_through_the_bytes_of_its_tokens() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Bytes, bytes => Join(_tokenizer.EncodeBytes(bytes)).SequenceEqual(bytes)));

    [Fact]
    public void Valid_bytes_are_encoded_as_their_text() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Any, text => _tokenizer.EncodeBytes(Encoding.UTF8.GetBytes(text)).SequenceEqual(_tokenizer.Encode(text))));

    [Fact]
    public void Tokens_are_counted_without_encoding() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Any, text => _tokenizer.CountTokens(text) == _tokenizer.Encode(text).Length));

    [Fact]
    public void Merges_apply_in_their_order() =>
        Assert.Equal([257, 258, ' ', 'x', 256, 'a', 't'], SmallTokenizer.Create("t h", "th e", "Ġ the").Encode("the the xthat"));

    [Fact]
    public void A_lone_surrogate_becomes_the_replacement_character()
    {
        // Not a theory: attributes are stored as UTF-8, which has no lone surrogates.
        foreach ((string text, string expected) in new[] { ("\uD83D", "\uFFFD"), ("a\uDE00b", "a\uFFFDb"), ("\uDE00\uD83D", "\uFFFD\uFFFD"), ("😀\uD83D😀", "😀\uFFFD😀") })
            Assert.Equal(expected, _tokenizer.Decode(_tokenizer.Encode(text)));
    }

    [Fact]
    public void Special_token_strings_in_text_are_plain_text()
    {
        foreach (string special in SpecialTokens.All)
        {
            int[] ids = _tokenizer.Encode($"a{special}b {special}");
            Assert.DoesNotContain(ids, _tokenizer.IsSpecial);
            Assert.Equal($"a{special}b {special}", _tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Special_tokens_have_the_last_ids()
    {
        Assert.Equal(264, _tokenizer.VocabSize);
        Assert.Equal((261, 262, 263), (_tokenizer.EndOfTextId, _tokenizer.ImStartId, _tokenizer.ImEndId));
        Assert.Equal([261, 262, 263], Enumerable.Range(0, 264).Where(_tokenizer.IsSpecial));
    }

    [Fact]
    public void Decoding_leaves_special_tokens_out_unless_asked()
    {
        int[] ids = [_tokenizer.ImStartId, 'h', 'i', _tokenizer.ImEndId];
        Assert.Equal("hi", _tokenizer.Decode(ids));
        Assert.Equal("<|im_start|>hi<|im_end|>", _tokenizer.Decode(ids, skipSpecial: false));
    }

    [Fact]
    public void Ids_without_a_token_decode_to_nothing()
    {
        Assert.Equal("ab", _tokenizer.Decode(['a', 9999, 'b']));
        Assert.True(_tokenizer.TokenBytes(9999).IsEmpty);
    }

    [Fact]
    public void Many_threads_encode_alike()
    {
        string text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"the {i % 97} wall é 😀 {i}\n"));
        int[] expected = SmallTokenizer.Create("t h", "th e", "Ġ the", "l l", "Ã ©").Encode(text);
        Parallel.For(0, 8, _ => Assert.Equal(expected, _tokenizer.Encode(text)));
    }

    private static byte[] Join(int[] ids) => [.. ids.SelectMany(id => _tokenizer.TokenBytes(id).ToArray())];

    [Fact]
    public void A_prompt_that_its_author_writes_as_a_whole_may_name_special_tokens()
    {
        ChatTurn[] turns = [new("user", "the < thé |"), new("assistant", "all")];
        string written = "<|im_start|>user\nthe < thé |<|im_end|>\n<|im_start|>assistant\nall<|im_end|>\n";
        Assert.Equal(_tokenizer.EncodeChat(turns, addGenerationPrompt: false), _tokenizer.EncodeWithSpecialTokens(written));
        Assert.Equal([_tokenizer.EndOfTextId], _tokenizer.EncodeWithSpecialTokens("<|endoftext|>"));
        Assert.Empty(_tokenizer.EncodeWithSpecialTokens(""));
        Assert.Equal(_tokenizer.Encode("<|im_start <|im_|>"), _tokenizer.EncodeWithSpecialTokens("<|im_start <|im_|>"));
    }
}
