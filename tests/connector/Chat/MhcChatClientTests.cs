using System.Net;
using System.Text.Json;
using MhcPipeline.Connector.Chat;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;
using Xunit;

namespace MhcPipeline.Connector.Tests.Chat;

public sealed class MhcChatClientTests
{
    [Fact]
    public async Task An_answer_has_text_model_reason_and_usage()
    {
        using MhcChatClient client = new(new FakeGenerator("Hel", "lo"));
        var response = await client.GetResponseAsync("hi!");
        Assert.Equal(("Hello", "fake", ChatFinishReason.Stop), (response.Text, response.ModelId, response.FinishReason));
        Assert.Equal((3, 2, 5), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
    }

    [Fact]
    public async Task An_answer_streams_piece_by_piece_under_one_id()
    {
        using MhcChatClient client = new(new FakeGenerator("Hel", "", "lo"));
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in client.GetStreamingResponseAsync("hi")) updates.Add(update);
        Assert.Equal(["Hel", "lo", ""], updates.Select(update => update.Text));
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
    }

    [Fact]
    public async Task The_token_limit_is_a_finish_reason()
    {
        using MhcChatClient client = new(new FakeGenerator("x") { Ending = FinishReason.Length });
        Assert.Equal(ChatFinishReason.Length, (await client.GetResponseAsync("hi")).FinishReason);
    }

    [Fact]
    public async Task Messages_become_turns_with_the_instructions_in_front()
    {
        FakeGenerator generator = new("x");
        using MhcChatClient client = new(generator);
        await client.GetResponseAsync(
            [new(new ChatRole("developer"), "d"), new(ChatRole.User, "u"), new(ChatRole.Assistant, "a"), new(ChatRole.User, [new TextContent("v"), new TextContent("w")])],
            new ChatOptions { Instructions = "i" });
        Assert.Equal([new ChatTurn("system", "i"), new("system", "d"), new("user", "u"), new("assistant", "a"), new("user", "vw")], generator.Turns);
    }

    [Fact]
    public async Task Options_reach_the_engine()
    {
        FakeGenerator generator = new("x");
        using MhcChatClient client = new(generator);
        await client.GetResponseAsync("hi", new ChatOptions
        {
            ModelId = "fake",
            Temperature = 0.5f,
            TopP = 0.75f,
            TopK = 7,
            MaxOutputTokens = 9,
            Seed = 11,
            StopSequences = ["s"],
            FrequencyPenalty = 0.25f,
            PresencePenalty = 1.5f,
            ResponseFormat = ChatResponseFormat.Text,
            AdditionalProperties = new() { ["min_p"] = 0.125, ["repetition_penalty"] = JsonSerializer.SerializeToElement("1.5") },
        });
        var request = generator.Request!;
        Assert.Equal((9, "s"), (request.MaxTokens, Assert.Single(request.Stop)));
        Assert.Equal(
            new SamplingOptions { Temperature = 0.5f, TopP = 0.75f, TopK = 7, MinP = 0.125f, RepetitionPenalty = 1.5f, PresencePenalty = 1.5f, FrequencyPenalty = 0.25f, Seed = 11 },
            request.Sampling);
    }

    [Fact]
    public async Task Without_options_it_answers_greedily_and_to_the_end()
    {
        FakeGenerator generator = new("x");
        using MhcChatClient client = new(generator);
        await client.GetResponseAsync("hi");
        Assert.Equal(new SamplingOptions(), generator.Request!.Sampling);
        Assert.Equal(0, generator.Request.Sampling.Temperature);
        Assert.Equal(int.MaxValue, generator.Request.MaxTokens);
    }

    public static TheoryData<string, ChatOptions> Unsupported => new()
    {
        { "tools", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1)] } },
        { "JSON", new ChatOptions { ResponseFormat = ChatResponseFormat.Json } },
        { "ConversationId", new ChatOptions { ConversationId = "1" } },
        { "'other'", new ChatOptions { ModelId = "other" } },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task What_the_model_cannot_do_is_refused(string named, ChatOptions options)
    {
        using MhcChatClient client = new(new FakeGenerator("x"));
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("hi", options));
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public async Task Tools_are_accepted_where_none_may_be_called()
    {
        using MhcChatClient client = new(new FakeGenerator("x"));
        await client.GetResponseAsync("hi", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1)], ToolMode = ChatToolMode.None });
    }

    [Fact]
    public async Task A_message_with_an_image_or_from_a_tool_is_refused()
    {
        using MhcChatClient client = new(new FakeGenerator("x"));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([new(ChatRole.User, [new UriContent("http://x/y.png", "image/png")])]));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([new(ChatRole.Tool, "1")]));
    }

    [Fact]
    public async Task No_message_is_an_error()
    {
        using MhcChatClient client = new(new FakeGenerator("x"));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([]));
    }

    [Fact]
    public async Task A_property_that_is_no_number_is_named()
    {
        using MhcChatClient client = new(new FakeGenerator("x"));
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi", new ChatOptions { AdditionalProperties = new() { ["min_p"] = "much" } }));
        Assert.Equal("min_p", error.Parameter);
    }

    [Fact]
    public async Task A_refusal_of_the_engine_keeps_its_message_parameter_and_code()
    {
        using MhcChatClient client = new(new FakeGenerator { Refusal = new InvalidRequestException("too long", "prompt", "context_length_exceeded") });
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"));
        Assert.Equal(("too long", "prompt", "context_length_exceeded", HttpStatusCode.BadRequest, false), (error.Message, error.Parameter, error.Code, error.StatusCode, error.IsTransient));
    }

    [Fact]
    public async Task A_full_queue_may_be_tried_again()
    {
        using MhcChatClient client = new(new FakeGenerator { Refusal = new EngineBusyException(3) });
        Assert.True((await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"))).IsTransient);
    }

    [Fact]
    public async Task A_failure_of_the_model_comes_after_what_it_said()
    {
        using MhcChatClient client = new(new FakeGenerator("a") { Failure = new PipelineException("broke") });
        string seen = "";
        var error = await Assert.ThrowsAsync<MhcServiceException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("hi")) seen += update.Text;
        });
        Assert.Equal(("a", "broke"), (seen, error.Message));
    }

    [Fact]
    public async Task Cancelling_throws_and_ends_the_generation()
    {
        using CancellationTokenSource source = new();
        FakeGenerator generator = new("a", "b", "c") { BeforePiece = i => { if (i == 1) source.Cancel(); } };
        using MhcChatClient client = new(generator);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("hi", cancellationToken: source.Token));
        Assert.Equal(1, generator.Left);
    }

    [Fact]
    public async Task An_engine_that_closes_meanwhile_is_an_error_and_no_short_answer()
    {
        using MhcChatClient client = new(new FakeGenerator("a") { Ending = FinishReason.Cancelled });
        await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"));
    }

    [Fact]
    public async Task Leaving_a_stream_early_ends_the_generation()
    {
        FakeGenerator generator = new("a", "b", "c");
        using MhcChatClient client = new(generator);
        await foreach (var _ in client.GetStreamingResponseAsync("hi")) break;
        Assert.Equal(1, generator.Left);
    }

    [Fact]
    public async Task Concurrent_requests_do_not_mix()
    {
        using MhcChatClient client = new(new FakeGenerator([.. "abcdefgh".Select(c => c.ToString())]));
        var answers = await Task.WhenAll(Enumerable.Range(1, 16).Select(i => client.GetResponseAsync(new string('x', i))));
        Assert.All(answers, answer => Assert.Equal("abcdefgh", answer.Text));
        Assert.Equal(Enumerable.Range(1, 16).Select(i => (long?)i), answers.Select(answer => answer.Usage!.InputTokenCount));
        Assert.Equal(16, answers.Select(answer => answer.ResponseId).Distinct().Count());
    }

    [Fact]
    public void Its_metadata_names_provider_and_model()
    {
        using MhcChatClient client = new(new FakeGenerator());
        var metadata = client.GetService<ChatClientMetadata>()!;
        Assert.Equal(("mhc", "fake"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(client, client.GetService<MhcChatClient>());
        Assert.Null(client.GetService<InferenceEngine>());
        Assert.Null(client.GetService<ChatClientMetadata>("key"));
    }
}
