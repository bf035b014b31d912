using System.Text.Json;
using MhcPipeline.Core.Text;
using MhcPipeline.Data;
using MhcPipeline.Tokenization;
using Xunit;

namespace MhcPipeline.Train.Tests.Data;

/// <summary>
/// What training learns of a record is what the shipped chat template makes of it elsewhere: chat.jsonl has the template in its first line,
/// then records whose <c>text</c> is what Jinja (Python's, set up as transformers does) renders of their messages and tools with it.
/// </summary>
public class ChatRecordsTests
{
    private static readonly string[] _lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "huggingface", "chat.jsonl"));

    [Fact]
    public void The_records_were_rendered_with_the_template_that_is_shipped() =>
        Assert.Equal(ChatTemplate.Jinja, JsonElement.Parse(_lines[0]).GetProperty("template").GetString());

    [Fact]
    public void Parts_tools_and_calls_are_learnt_as_the_template_renders_them()
    {
        using TemporaryFolder folder = new();
        File.WriteAllLines(folder["chat.jsonl"], _lines[1..]);
        TextItem[] items = [.. new TextSource(folder["chat.jsonl"]).Read()];
        Assert.Equal(_lines.Length - 1, items.Length);
        foreach ((string line, TextItem item) in _lines[1..].Zip(items))
            Assert.Equal(JsonElement.Parse(line).GetProperty("text").GetString(), ChatTemplate.Render(item.Messages!, addGenerationPrompt: false));
    }
}
