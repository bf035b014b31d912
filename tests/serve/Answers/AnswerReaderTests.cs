using MhcPipeline.Core.Text;
using MhcPipeline.Engine.Answers;
using Xunit;

namespace MhcPipeline.Serve.Tests.Answers;

public sealed class AnswerReaderTests
{
    [Fact]
    public void Calls_are_told_from_text()
    {
        Answer answer = Read(ToolText.Call("Let me look.", [("stock", """{"item": "chair"}"""), ("price", """{"item": "a \"chair\" }"}""")]), 1000);

        Assert.Equal("Let me look.", answer.Text);
        Assert.Equal(["stock", "price"], answer.Calls.Select(call => call.Name));
        Assert.Equal(["""{"item": "chair"}""", """{"item": "a \"chair\" }"}"""], answer.Calls.Select(call => call.Arguments));
        Assert.All(answer.Calls, call => Assert.StartsWith("call_", call.Id, StringComparison.Ordinal));
        Assert.NotEqual(answer.Calls[0].Id, answer.Calls[1].Id);
        Assert.True(answer.Complete);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Pieces_of_any_length_give_the_same_answer(int length)
    {
        string text = ToolText.Call("a < b <tool", [("f_1", """{"deep": {"list": ["}", {"x": "\\"}]}}"""), ("g", "{}")]);

        Answer pieces = Read(text, length), whole = Read(text, text.Length);

        Assert.Equal("a < b <tool", pieces.Text);
        Assert.Equal(whole.Calls.Select(call => (call.Name, call.Arguments)), pieces.Calls.Select(call => (call.Name, call.Arguments)));
        Assert.Equal(2, pieces.Calls.Count);
    }

    [Theory]
    [InlineData("no call")]
    [InlineData("ends with a start <tool_ca")]
    [InlineData("line\n\n")]
    [InlineData("  indented")]
    [InlineData("< < <tool_callx")]
    public void What_is_no_call_stays_text_to_the_last_character(string text) => Assert.Equal(text, Read(text, 1).Text);

    [Fact]
    public void Without_tools_a_call_is_text()
    {
        var reader = new AnswerReader(readsCalls: false);
        Assert.Equal([new AnswerPart.Text("<tool_call>\n{}")], reader.Push("<tool_call>\n{}"));
        Assert.Empty(reader.Finish());
    }

    [Fact]
    public void Text_is_given_as_soon_as_it_is_certain()
    {
        var reader = new AnswerReader(readsCalls: true);
        Assert.Equal([new AnswerPart.Text("Good")], reader.Push("Good"));
        Assert.Empty(reader.Push(" <"));
        Assert.Equal([new AnswerPart.Text(" <b")], reader.Push("b"));
    }

    [Fact]
    public void An_answer_that_was_cut_inside_a_call_is_not_complete()
    {
        string text = ToolText.Call("", [("f", """{"a": "bc"}""")]);
        int arguments = text.IndexOf("bc", StringComparison.Ordinal);
        for (int length = "<tool_call>".Length; length < text.Length; length++)
        {
            Answer cut = Read(text[..length], 1);
            Assert.False(cut.Complete);
            Assert.Equal("", cut.Text);
            Assert.Equal(length > arguments ? 1 : cut.Calls.Count, cut.Calls.Count);
        }
        Assert.Equal("""{"a": "b""", Read(text[..(arguments + 1)], 1).Calls[0].Arguments);
    }

    private static Answer Read(string text, int length)
    {
        var reader = new AnswerReader(readsCalls: true);
        var answer = new AnswerBuilder();
        foreach (char[] piece in text.Chunk(length))
        {
            answer.Add(reader.Push(new string(piece)));
        }
        answer.Add(reader.Finish());
        return answer.Build(complete: !reader.InsideCall);
    }
}
