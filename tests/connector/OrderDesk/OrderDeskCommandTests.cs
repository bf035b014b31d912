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
        ["--question", " "],
        ["--unknown"],
        ["extra"],
    ];

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public async Task Wrong_usage_exits_with_2(string[] args) => Assert.Equal(2, await OrderDeskCommand.RunAsync(args));

    [Fact]
    public async Task What_is_missing_exits_with_1()
    {
        Assert.Equal(1, await OrderDeskCommand.RunAsync(["--run", Path.Combine(_folder, "no-run")]));
        Assert.Equal(1, await OrderDeskCommand.RunAsync(["--endpoint", "http://127.0.0.1:1"]));
        Assert.Equal(1, await OrderDeskCommand.RunAsync(["--input", Path.Combine(_folder, "no-folder")]));
        Assert.Equal(1, await OrderDeskCommand.RunAsync(["--input", _folder]));
    }

    [Fact]
    public async Task The_sample_documents_are_read_through_a_server_into_a_summary()
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200,
            exchange.RequestLine.StartsWith("GET", StringComparison.Ordinal) ? """{"data":[{"id":"tiny"}]}""" : Answers.Chat(AnswerTo((string)exchange.Body["messages"]![0]!["content"]!))));
        string output = Path.Combine(_folder, "summary.json");
        Assert.Equal(0, await OrderDeskCommand.RunAsync(["--endpoint", server.Address.ToString(), "--output", output]));

        var entries = JsonNode.Parse(await File.ReadAllTextAsync(output))!.AsArray();
        Assert.Equal(8, entries.Count);
        Assert.All(entries, entry => Assert.Equal(("invoice", "4711", "soon"), ((string?)entry!["label"], (string?)entry["fields"]!["invoice"], (string?)entry["answer"])));
    }

    private static string AnswerTo(string prompt) =>
        prompt.EndsWith(CorpusInstructions.Extract, StringComparison.Ordinal) ? """{"invoice":"4711"}"""
        : prompt.EndsWith(CorpusInstructions.Classify, StringComparison.Ordinal) ? "invoice"
        : "soon";
}
