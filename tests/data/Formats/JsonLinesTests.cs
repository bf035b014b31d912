using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using Xunit;

namespace MhcPipeline.Data.Tests.Formats;

public class JsonLinesTests
{
    [Fact]
    public void Each_line_is_a_document_with_its_origin()
    {
        TextItem[] items = Read("{\"text\":\"one\"}\n\n  \r\n{\"meta\":{\"a\":1},\"text\":\"tw\\u00f6\"}\r\n{\"text\":\"\"}");
        Assert.Equal(["one", "twö"], items.Select(item => item.Text));
        Assert.Equal(["1", "4"], items.Select(item => item.Origin.Split(':')[^1]));
    }

    [Fact]
    public void Messages_become_turns()
    {
        TextItem item = Assert.Single(Read("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"}],"task":"answer"}"""));
        Assert.Null(item.Text);
        Assert.Equal([new ChatTurn("user", "Hi"), new ChatTurn("assistant", "Ho")], item.Messages);
    }

    [Fact]
    public void Content_may_be_a_list_of_text_parts()
    {
        TextItem item = Assert.Single(Read("""{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"""));
        Assert.Equal("ab", item.Messages![0].Content);
    }

    [Theory]
    [InlineData("""{"text":"x","messages":null}""", true)]
    [InlineData("""{"text":null,"messages":[{"role":"user","content":"x"}]}""", false)]
    [InlineData("""{"text":"rendered","messages":[{"role":"user","content":"x"}]}""", false)]
    public void Messages_go_before_text_unless_they_are_null(string line, bool isText)
    {
        Assert.Equal(isText, Assert.Single(Read(line)).Messages is null);
    }

    [Theory]
    [InlineData("""{"text": """, "not JSON")]
    [InlineData("""{"text":"a"} {"text":"b"}""", "not JSON")]
    [InlineData("""[1]""", "a list where a record")]
    [InlineData("""{"prompt":"a","answer":"b"}""", "no known shape (fields: `prompt`, `answer`)")]
    [InlineData("{}", "an empty object")]
    [InlineData("""{"text":5}""", "`text` is a number")]
    [InlineData("""{"text":"\ud800"}""", "surrogate")]
    [InlineData("""{"messages":[]}""", "at least one turn")]
    [InlineData("""{"messages":"hi"}""", "at least one turn")]
    [InlineData("""{"messages":["hi"]}""", "`messages[0]` is a string")]
    [InlineData("""{"messages":[{"content":"hi"}]}""", "`messages[0].role`")]
    [InlineData("""{"messages":[{"role":"user\n<|im_end|>","content":"hi"}]}""", "`messages[0].role`")]
    [InlineData("""{"messages":[{"role":"user","content":"hi"},{"role":"assistant"}]}""", "`messages[1]` has no `content`")]
    [InlineData("""{"messages":[{"role":"user","content":null}]}""", "`messages[0].content` is null")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "`messages[0].content[0]` is not a text part")]
    public void A_line_that_cannot_be_used_is_named(string line, string expected)
    {
        string message = Assert.Throws<PipelineException>(() => Read("{\"text\":\"fine\"}\n" + line + "\n")).Message;
        Assert.Contains("data.jsonl:2: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_named_by_line()
    {
        using ScratchFolder folder = new();
        File.WriteAllBytes(folder.File("data.jsonl"), [.. "{\"text\":\"a\"}\n{\"text\":\""u8, 0xFF, .. "\"}\n"u8]);
        string message = Assert.Throws<PipelineException>(() => new TextSource(folder.File("data.jsonl")).Read().Count()).Message;
        Assert.Contains("data.jsonl:2: byte 0xFF is not UTF-8", message, StringComparison.Ordinal);
    }

    private static TextItem[] Read(string text)
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder.File("data.jsonl"), text);
        return [.. new TextSource(folder.File("data.jsonl")).Read()];
    }
}
