using System.Text.Json.Nodes;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Corpus;
using OrderDesk;
using Xunit;

namespace MhcPipeline.Connector.Tests.OrderDesk;

public sealed class OrderDeskCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orderdesk").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Help_is_no_failure() => Assert.Equal(0, await OrderDeskCommand.RunAsync(["--help"]));

    public static TheoryData<string[]> WrongUsage =>
    [
        ["--run", "runs/x", "--endpoint", "http://127.0.0.1:1"],
        ["--endpoint", "nowhere"],
        ["--output", "summary.xls"],
        ["--page", "x"],
        ["--unknown"],
        ["extra"],
    ];

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public async Task Wrong_usage_exits_with_2(string[] args) => Assert.Equal(2, await OrderDeskCommand.RunAsync(args));

    [Fact]
    public async Task What_is_missing_exits_with_1()
    {
        Assert.Equal(1, await OrderDeskCommand.RunAsync(["--run", Path.Combine(_folder, "no-run"), "--database", ":memory:"]));
        Assert.Equal(1, await OrderDeskCommand.RunAsync(["--endpoint", "http://127.0.0.1:1"]));
        await using ServedModel served = await ServedModel.StartAsync(overHttp: true, "x");
        string[] server = ["--endpoint", served.Address!.ToString(), "--database", ":memory:"];
        Assert.Equal(1, await OrderDeskCommand.RunAsync([.. server, "--input", Path.Combine(_folder, "no-folder")]));
        Assert.Equal(1, await OrderDeskCommand.RunAsync([.. server, "--input", _folder]));
    }

    [Fact]
    public async Task The_sample_documents_are_read_through_a_server_into_records_and_a_summary()
    {
        JsonObject expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Inbox.Samples, Accuracy.FileName)))!.AsObject();
        await using ServedModel served = await ServedModel.StartAsync(overHttp: true, prompt => AnswerTo(prompt, expected));
        string output = Path.Combine(_folder, "summary.json"), database = Path.Combine(_folder, "desk.db");
        Assert.Equal(0, await OrderDeskCommand.RunAsync(["--endpoint", served.Address!.ToString(), "--output", output, "--database", database]));

        JsonArray entries = JsonNode.Parse(await File.ReadAllTextAsync(output))!.AsArray();
        Assert.Equal(expected.Select(document => (string?)document.Value!["label"]), entries.Select(entry => (string?)entry!["label"]));
        Assert.All(entries, entry => Assert.True(JsonNode.DeepEquals(Fields(expected, (string)entry!["file"]!), entry["fields"])));
        using DeskStore store = new(database);
        // More was ordered than there is: all else agrees.
        Assert.Equal([("02-order-prose.txt", "quantity", "only 5 in stock")], store.Waiting().Select(value => (value.File, value.Name, value.Reason)));
    }

    private static JsonObject Fields(JsonObject expected, string file)
    {
        JsonObject fields = expected[file]!.DeepClone().AsObject();
        fields.Remove("label");
        return fields;
    }

    private static string AnswerTo(string prompt, JsonObject expected)
    {
        string file = expected.First(document => prompt.Contains(new Inbox(Inbox.Samples).Read().First(one => one.File == document.Key).Text)).Key;
        return prompt.Contains(CorpusInstructions.Extract) ? Fields(expected, file).ToJsonString() : (string)expected[file]!["label"]!;
    }
}
