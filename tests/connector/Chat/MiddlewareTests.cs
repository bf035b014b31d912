using System.Diagnostics;
using System.Diagnostics.Metrics;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Xunit;

namespace MhcPipeline.Connector.Tests.Chat;

/// <summary>The library's own clients around ours.</summary>
public sealed class MiddlewareTests
{
    private static string CallThenSay(string prompt) =>
        prompt.Contains("<|im_start|>tool\n", StringComparison.Ordinal) ? "Seven." : ToolText.Call("", [("stock", """{"item":"chair"}"""), ("stock", """{"item":"lamp"}""")]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Functions_are_called_by_the_librarys_client(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, CallThenSay);
        List<string> asked = [];
        ChatOptions options = new() { Tools = [AIFunctionFactory.Create((string item) => { asked.Add(item); return 7; }, "stock")] };
        using IChatClient client = served.Client.AsBuilder().UseFunctionInvocation().Build();
        ChatResponse response = await client.GetResponseAsync("How many?", options);
        Assert.Equal("Seven.", response.Text);
        Assert.Equal(["chair", "lamp"], asked);
        Assert.Equal(2, served.Prompts.Count);

        asked.Clear();
        Assert.Equal("Seven.", (await client.GetStreamingResponseAsync("How many?", options).ToChatResponseAsync()).Text);
        Assert.Equal(["chair", "lamp"], asked);
    }

    [Fact]
    public async Task A_cached_answer_is_not_asked_for_again()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "Hello");
        MemoryDistributedCache cache = new(Options.Create(new MemoryDistributedCacheOptions()));
        using IChatClient client = served.Client.AsBuilder().UseDistributedCache(cache).Build();
        ChatResponse first = await client.GetResponseAsync("hi"), second = await client.GetResponseAsync("hi");
        Assert.Equal((first.Text, first.ResponseId, first.Usage!.OutputTokenCount), (second.Text, second.ResponseId, second.Usage!.OutputTokenCount));
        Assert.Equal(1, served.Engine.Statistics.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Spans_and_metrics_follow_the_GenAI_conventions(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, CallThenSay);
        string source = $"test-{Guid.NewGuid():N}";
        List<Activity> spans = [];
        using ActivityListener listener = new() { ShouldListenTo = candidate => candidate.Name == source, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Add };
        ActivitySource.AddActivityListener(listener);
        List<string> instruments = [];
        using MeterListener meters = new() { InstrumentPublished = (instrument, it) => { if (instrument.Meter.Name == source) it.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<int>((instrument, _, _, _) => instruments.Add(instrument.Name));
        meters.SetMeasurementEventCallback<double>((instrument, _, _, _) => instruments.Add(instrument.Name));
        meters.Start();

        using IChatClient client = served.Client.AsBuilder().UseFunctionInvocation().UseOpenTelemetry(sourceName: source).Build();
        await client.GetResponseAsync("How many?", new ChatOptions { Tools = [AIFunctionFactory.Create((string item) => 7, "stock")] });

        Activity chat = spans.Last(span => span.OperationName == "chat scripted" || span.DisplayName == "chat scripted");
        Assert.Equal(("chat", "mhc", "scripted"), (chat.GetTagItem("gen_ai.operation.name"), chat.GetTagItem("gen_ai.provider.name"), chat.GetTagItem("gen_ai.response.model")));
        Assert.Equal("""["stop"]""", chat.GetTagItem("gen_ai.response.finish_reasons") is string[] reasons ? $"[\"{string.Join("\",\"", reasons)}\"]" : chat.GetTagItem("gen_ai.response.finish_reasons")!.ToString());
        Assert.NotNull(chat.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Contains(spans, span => span.DisplayName == "execute_tool stock");
        Assert.Contains("gen_ai.client.token.usage", instruments);
        Assert.Contains("gen_ai.client.operation.duration", instruments);
    }
}
