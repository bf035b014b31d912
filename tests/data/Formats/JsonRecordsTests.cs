using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using Xunit;

namespace MhcPipeline.Data.Tests.Formats;

public class JsonRecordsTests
{
    [Theory]
    [InlineData("""[{"text":"a"},{"text":"b"}]""")]
    [InlineData("\uFEFF[\n {\"text\":\n  \"a\"} ,\r\n\t{\"text\":\"b\"}\n]\n\n")]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"b\"}\n")]
    [InlineData("{\"text\":\"a\"} {\n\"text\":\"b\"\n}")]
    [InlineData("""[{"text":"a"},{"text":""},{"text":"b"}]""")]
    public void A_json_file_is_a_list_of_records_or_records_one_after_the_other(string json) => Assert.Equal(["a", "b"], Read(json).Select(item => item.Text));

    [Fact]
    public void A_record_has_the_line_at_which_it_begins() =>
        Assert.Equal(["2", "5"], Read("[\n{\"text\":\n\"a\"\n},\n  {\"text\":\"b\"}]").Select(item => item.Origin.Split(':')[^1]));

    [Fact]
    public void Records_longer_than_any_buffer_come_whole()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => new string((char)('a' + (i % 26)), i * 20_000))];
        Assert.Equal(texts[1..], Read(JsonSerializer.Serialize(texts.Select(text => new { text }))).Select(item => item.Text));
    }

    [Fact]
    public void A_list_a_record_a_line_and_gzip_of_both_give_the_same_items() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyArray<string>>(), given =>
        {
            object[] records = [.. given.Get.Select((text, i) => Record(i, (text ?? "") + "x"))];
            string list = JsonSerializer.Serialize(records, new JsonSerializerOptions { WriteIndented = given.Get.Length % 2 == 0 });
            string lines = string.Concat(records.Select(record => JsonSerializer.Serialize(record) + "\n"));
            using ScratchFolder folder = new();
            string[][] items = [.. new[] { ("a.json", list), ("a.jsonl", lines), ("b.json", lines), ("a.json.gz", list), ("a.jsonl.gz", lines) }
                .Select(file => new TextSource(folder.Write(file.Item1, file.Item2)).Read().Select(Describe).ToArray())];
            Assert.Equal(records.Length, items[0].Length);
            Assert.All(items, other => Assert.Equal(items[0], other));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50).WithReplay(3, 5));

    [Theory]
    [InlineData("", "holds no text")]
    [InlineData("[]", "holds no text")]
    [InlineData("hello", "must hold records")]
    [InlineData("\"hello\"", "must hold records")]
    [InlineData("{\"name\":\"x\",\"version\":1}", ":1: a record of no known shape (fields: `name`, `version`)")]
    [InlineData("[1]", ":1: a number where a record should be")]
    [InlineData("[\n{\"text\":\"a\"},\n]", ":3: not JSON")]
    [InlineData("[{\"text\":\"a\"}", ":1: the file ends where `,` or `]` should follow")]
    [InlineData("[{\"text\":\"a\"}\n{\"text\":\"b\"}]", ":2: something else stands where")]
    [InlineData("[{\"text\":\"a\"}]\n[]", ":2: there is more after the end of the list")]
    [InlineData("[\n{\"text\":\"a\",\n\"b\" 5}]", ":3: not JSON")]
    [InlineData("[{\"text\":\"a", ":1: not JSON")]
    [InlineData("{\"text\":\"a\"}\n]", ":2: not JSON")]
    public void What_is_no_list_of_records_is_named_by_line(string json, string expected) =>
        Assert.Contains(expected, Assert.Throws<PipelineException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_list_in_a_jsonl_file_is_sent_to_json()
    {
        using ScratchFolder folder = new();
        string path = folder.Write("a.jsonl", "[{\"text\":\"a\"}]");
        Assert.Contains("ends in .json", Assert.Throws<PipelineException>(() => new TextSource(path).Read().Count()).Message, StringComparison.Ordinal);
    }

    private static object Record(int number, string text) => (number % 5) switch
    {
        0 => new { text },
        1 => new { messages = new[] { new { role = "user", content = text }, new { role = "assistant", content = "ok" } } },
        2 => new { conversations = new[] { new { from = "human", value = "?" }, new { from = "gpt", value = text } } },
        3 => new { instruction = text, input = number.ToString(CultureInfo.InvariantCulture), output = text },
        _ => new { prompt = text, completion = text },
    };

    private static string Describe(TextItem item) => item.Text ?? string.Join('|', item.Messages!);

    private static TextItem[] Read(string json)
    {
        using ScratchFolder folder = new();
        return [.. new TextSource(folder.Write("data.json", json)).Read()];
    }
}
