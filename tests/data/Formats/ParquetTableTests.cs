using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using Parquet;
using Parquet.Serialization;
using Xunit;

namespace MhcPipeline.Data.Tests.Formats;

public class ParquetTableTests
{
    [Fact]
    public async Task A_column_of_text_is_read_over_all_row_groups()
    {
        using ScratchFolder folder = new();
        string path = folder.File("a.parquet");
        await ParquetSerializer.SerializeAsync(Enumerable.Range(0, 25).Select(i => new Plain { text = $"text {i}", id = i }), path, new ParquetOptions { RowGroupSize = 10 });
        TextSource source = new(path);
        List<TextProgress> progress = [];
        TextItem[] items = [.. source.Read(progress.Add)];
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"text {i}"), items.Select(item => item.Text));
        Assert.Equal($"{path}:25", items[^1].Origin);
        Assert.Equal([$"Fields that are not read: `id` (first {path})."], source.Notes);
        Assert.Equal(new FileInfo(path).Length, progress[^1].BytesRead);
    }

    [Fact]
    public async Task Lists_of_structs_are_turns()
    {
        Chat[] rows =
        [
            new() { messages = [new() { role = "user", content = "Hi" }, new() { role = "assistant", content = "Ho", weight = 0 }] },
            new() { messages = [new() { role = "user", content = "Rain?" }, new() { role = "assistant", tool_calls = [new() { name = "now", arguments = "{}" }, new() { name = "then" }] }, new() { role = "tool", content = "wet" }] },
            new() { messages = [new() { role = "assistant", content = "" }] },
        ];
        TextItem[] items = await Read(rows);
        Assert.Equal([new ChatTurn("user", "Hi"), new ChatTurn("assistant", "Ho") { IsLearnt = false }], items[0].Messages);
        Assert.Equal(["Rain?", "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>\n<tool_call>\n{\"name\": \"then\", \"arguments\": {}}\n</tool_call>", "wet"], items[1].Messages!.Select(turn => turn.Content));
        Assert.Equal([new ChatTurn("assistant", "")], items[2].Messages);
    }

    [Fact]
    public async Task ShareGPT_and_Alpaca_have_columns_too()
    {
        TextItem item = Assert.Single(await Read([new Shared { conversations = [new() { from = "human", value = "Hi" }, new() { from = "gpt", value = "Ho" }] }]));
        Assert.Equal([new ChatTurn("user", "Hi"), new ChatTurn("assistant", "Ho")], item.Messages);
        item = Assert.Single(await Read([new Alpaca { instruction = "Add", input = "1 1", output = "2" }]));
        Assert.Equal([new ChatTurn("user", "Add\n\n1 1"), new ChatTurn("assistant", "2")], item.Messages);
    }

    [Fact]
    public async Task A_row_without_what_its_shape_needs_is_named()
    {
        string message = (await Assert.ThrowsAsync<PipelineException>(() => Read([new Plain { text = "a" }, new Plain { text = null }]))).Message;
        Assert.Contains("data.parquet:2: a record of no known shape (fields: `text`)", message, StringComparison.Ordinal);
        message = (await Assert.ThrowsAsync<PipelineException>(() => Read([new Chat { messages = [] }]))).Message;
        Assert.Contains("data.parquet:1: `messages` must be a list of at least one turn", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_of_no_known_shape_are_refused()
    {
        string message = (await Assert.ThrowsAsync<PipelineException>(() => Read([new Other { question = "a", answer = "b" }]))).Message;
        Assert.Contains("data.parquet: a record of no known shape (fields: `question`, `answer`)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        using ScratchFolder folder = new();
        using MemoryStream memory = new();
        await ParquetSerializer.SerializeAsync(Enumerable.Range(0, 500).Select(i => new Plain { text = $"text {i}" }), memory);
        byte[] whole = memory.ToArray();
        byte[][] damaged = ["not parquet at all"u8.ToArray(), whole[..(whole.Length / 2)], [.. whole[..40], .. new byte[60], .. whole[100..]], []];
        Assert.All(damaged, bytes => Assert.Contains("data.parquet cannot be read as a parquet file", Error(folder.Write("data.parquet", bytes)), StringComparison.Ordinal));
    }

    private static string Error(string path) => Assert.Throws<PipelineException>(() => new TextSource(path).Read().Count()).Message;

    private static async Task<TextItem[]> Read<T>(T[] rows)
    {
        using ScratchFolder folder = new();
        await ParquetSerializer.SerializeAsync(rows, folder.File("data.parquet"));
        return [.. new TextSource(folder.File("data.parquet")).Read()];
    }

#pragma warning disable IDE1006, SA1300 // columns are named as data sets name them
    private sealed class Plain
    {
        public string? text { get; set; }

        public int id { get; set; }
    }

    private sealed class Chat
    {
        public List<Turn>? messages { get; set; }
    }

    private sealed class Turn
    {
        public string? role { get; set; }

        public string? content { get; set; }

        public int? weight { get; set; }

        public List<Call>? tool_calls { get; set; }
    }

    private sealed class Call
    {
        public string? name { get; set; }

        public string? arguments { get; set; }
    }

    private sealed class Shared
    {
        public List<Said>? conversations { get; set; }
    }

    private sealed class Said
    {
        public string? from { get; set; }

        public string? value { get; set; }
    }

    private sealed class Alpaca
    {
        public string? instruction { get; set; }

        public string? input { get; set; }

        public string? output { get; set; }
    }

    private sealed class Other
    {
        public string? question { get; set; }

        public string? answer { get; set; }
    }
#pragma warning restore IDE1006, SA1300
}
