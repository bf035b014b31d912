using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace MhcPipeline.Tokenization.Tests;

public class StreamingDecoderTests
{
    private static readonly TextTokenizer _tokenizer = SmallTokenizer.Create("t h", "th e", "Ã ©");

    [Fact]
    public void All_that_is_pushed_and_flushed_joins_to_the_decoded_text() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Bytes, bytes =>
        {
            int[] ids = _tokenizer.EncodeBytes(bytes);
            StreamingDecoder decoder = _tokenizer.CreateStreamingDecoder();
            return string.Concat(ids.Select(decoder.Push)) + decoder.Flush() == _tokenizer.Decode(ids);
        }));

    [Fact]
    public void No_chunk_of_a_text_holds_part_of_a_character() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Texts.Any, text =>
        {
            StreamingDecoder decoder = _tokenizer.CreateStreamingDecoder();
            string[] chunks = [.. _tokenizer.Encode(text).Select(decoder.Push)];
            return chunks.All(IsWhole) && string.Concat(chunks) == text && decoder.Flush() == "";
        }));

    [Fact]
    public void A_character_appears_with_its_last_byte()
    {
        StreamingDecoder decoder = _tokenizer.CreateStreamingDecoder();
        Assert.Equal(["", "", "", "😀"], new[] { 0xF0, 0x9F, 0x98, 0x80 }.Select(decoder.Push));
    }

    [Fact]
    public void An_incomplete_character_ends_as_the_replacement_character()
    {
        StreamingDecoder decoder = _tokenizer.CreateStreamingDecoder();
        Assert.Equal("a", decoder.Push('a') + decoder.Push(0xE2) + decoder.Push(0x82));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal("b", decoder.Push('b'));
    }

    [Fact]
    public void Special_tokens_are_left_out_unless_asked()
    {
        Assert.Equal("", _tokenizer.CreateStreamingDecoder().Push(_tokenizer.ImEndId));
        StreamingDecoder spelled = _tokenizer.CreateStreamingDecoder(skipSpecial: false);
        spelled.Push(0xF0);
        Assert.Equal("\uFFFD<|im_end|>", spelled.Push(_tokenizer.ImEndId));
    }

    /// <summary>A chunk with half a surrogate pair would not survive UTF-8.</summary>
    private static bool IsWhole(string chunk) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(chunk)) == chunk;
}
