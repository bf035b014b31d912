using System.Diagnostics;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Text;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Xunit;

namespace MhcPipeline.Connector.Tests.Agents;

/// <summary>Microsoft Agent Framework over our client, with the real engine.</summary>
public sealed class AgentTests
{
    private static string CallThenSay(string prompt) =>
        prompt.Contains("<|im_start|>tool\n", StringComparison.Ordinal) ? "Seven." : ToolText.Call("", [("stock", """{"item":"chair"}""")]);

    private sealed record Invoice(string Number, decimal Total);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_agent_calls_functions_and_answers(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, CallThenSay);
        List<string> asked = [];
        ChatClientAgent agent = new(served.Client, "Be brief.", "clerk", tools: [AIFunctionFactory.Create((string item) => { asked.Add(item); return 7; }, "stock")]);
        AgentResponse answer = await agent.RunAsync("How many chairs?");
        Assert.Equal("Seven.", answer.Text);
        Assert.Equal(["chair"], asked);
        Assert.StartsWith("<|im_start|>system\nBe brief.", served.Prompts[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_agents_answer_has_the_type_that_was_asked_for(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, """{"number":"F-1","total":2.50}""");
        AgentResponse<Invoice> answer = await new ChatClientAgent(served.Client).RunAsync<Invoice>("Read this.");
        Assert.Equal(new Invoice("F-1", 2.50m), answer.Result);
    }

    [Fact]
    public async Task An_agent_streams_and_calls_functions_in_the_middle()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: true, CallThenSay);
        ChatClientAgent agent = new(served.Client, tools: [AIFunctionFactory.Create((string item) => 7, "stock")]);
        List<AgentResponseUpdate> updates = await agent.RunStreamingAsync("How many chairs?").ToListAsync();
        Assert.Equal("Seven.", string.Concat(updates.Select(update => update.Text)));
        Assert.True(updates.Count(update => update.Text.Length > 0) > 3);
    }

    [Fact]
    public async Task A_session_remembers_what_was_said()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, prompt => prompt.Contains("second") ? "2" : "1");
        ChatClientAgent agent = new(served.Client);
        AgentSession session = await agent.CreateSessionAsync();
        await agent.RunAsync("first", session);
        Assert.Equal("2", (await agent.RunAsync("second", session)).Text);
        Assert.Contains("<|im_start|>user\nfirst<|im_end|>\n<|im_start|>assistant\n1<|im_end|>\n<|im_start|>user\nsecond", served.Prompts[^1]);
    }

    [Fact]
    public async Task Cancelling_an_agent_ends_the_generation()
    {
        using CancellationTokenSource source = new();
        int steps = 0;
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, _ => new string('x', 3000), beforeStep: () =>
        {
            if (++steps == 5) source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ChatClientAgent(served.Client).RunAsync("hi", cancellationToken: source.Token));
        Assert.True(SpinWait.SpinUntil(() => served.Engine.Running == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task An_agents_spans_name_it_and_the_model()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "Hello");
        string source = $"test-{Guid.NewGuid():N}";
        List<Activity> spans = [];
        using ActivityListener listener = new() { ShouldListenTo = candidate => candidate.Name == source, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Add };
        ActivitySource.AddActivityListener(listener);
        AIAgent agent = new ChatClientAgent(served.Client.AsBuilder().UseOpenTelemetry(sourceName: source).Build(), name: "clerk").AsBuilder().UseOpenTelemetry(sourceName: source).Build();
        await agent.RunAsync("hi");
        Assert.Contains(spans, span => span.DisplayName.StartsWith("invoke_agent clerk", StringComparison.Ordinal));
        Assert.Contains(spans, span => span.DisplayName == "chat scripted");
    }
}
