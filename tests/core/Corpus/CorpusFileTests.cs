using System.Text;
using System.Text.Json;
using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Text;
using Xunit;

namespace MhcPipeline.Core.Tests.Corpus;

public sealed class CorpusFileTests
{
    [Fact]
    public void Each_item_is_one_line_of_json_with_messages_and_task()
    {
        List<CorpusItem> items = [.. new BusinessCorpus(1).HeldOut(9)];
        using MemoryStream stream = new();
        CorpusFile.Write(stream, items);
        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
        Assert.Equal(items.Count, lines.Length);
        foreach ((CorpusItem item, string line) in items.Zip(lines))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            Assert.Equal(CorpusFile.TaskName(item.Task), json.RootElement.GetProperty("task").GetString());
            Assert.Equal(item.Messages, json.RootElement.GetProperty("messages").EnumerateArray()
                .Select(turn => new ChatTurn(turn.GetProperty("role").GetString()!, turn.GetProperty("content").GetString()!)));
        }
    }
}
