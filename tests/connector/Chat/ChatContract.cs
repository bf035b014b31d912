using System.ComponentModel;
using System.Net;
using System.Text.Json;
using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.AI;
using Xunit;

namespace MhcPipeline.Connector.Tests.Chat;

/// <summary>What our client does, in process and over HTTP alike: with the real engine, and the real server.</summary>
public abstract class ChatContract(bool overHttp)
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(30);

    private static readonly AIFunction _stock = AIFunctionFactory.Create((string item) => item.Length, "stock", "How many there are.");
    private static readonly AIFunction _price = AIFunctionFactory.Create((string item) => 2.5, "price");

    /// <summary>A call as a model writes it.</summary>
    private static string Calls(params (string Name, string Arguments)[] calls) => ToolText.Call("", calls);

    private Task<ServedModel> ServeAsync(string answer) => ServedModel.StartAsync(overHttp, answer);

    [Fact]
    public async Task An_answer_has_text_model_reason_usage_ids_and_time()
    {
        await using ServedModel served = await ServeAsync("Hello");
        ChatResponse response = await served.Client.GetResponseAsync("hi!");
        Assert.Equal(("Hello", "scripted", ChatFinishReason.Stop), (response.Text, response.ModelId, response.FinishReason));
        Assert.Equal((6, response.Usage!.InputTokenCount + 6), (response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        ChatMessage message = Assert.Single(response.Messages);
        Assert.Equal(ChatRole.Assistant, message.Role);
        Assert.Equal(response.ResponseId, message.MessageId);
        Assert.NotEmpty(response.ResponseId!);
        Assert.True(response.CreatedAt > DateTimeOffset.UtcNow.AddMinutes(-5));
    }

    [Fact]
    public async Task Tokens_that_a_slot_held_already_are_counted_as_cached()
    {
        await using ServedModel served = await ServeAsync("Hello");
        Assert.Equal(0, (await served.Client.GetResponseAsync("the same question")).Usage!.CachedInputTokenCount);
        UsageDetails again = (await served.Client.GetResponseAsync("the same question")).Usage!;
        Assert.InRange(again.CachedInputTokenCount!.Value, again.InputTokenCount!.Value / 2, again.InputTokenCount.Value);
    }

    [Fact]
    public async Task An_answer_streams_piece_by_piece_under_one_id()
    {
        await using ServedModel served = await ServeAsync("Grüße");
        List<ChatResponseUpdate> updates = await served.Client.GetStreamingResponseAsync("hi").ToListAsync();
        Assert.Equal(["G", "r", "ü", "ß", "e"], updates.Select(update => update.Text).Where(text => text.Length > 0));
        Assert.Single(updates.Select(update => (update.ResponseId, update.MessageId, update.ModelId, update.CreatedAt)).Distinct());
        ChatResponse whole = updates.ToChatResponse();
        Assert.Equal((ChatFinishReason.Stop, 8), (whole.FinishReason, whole.Usage!.OutputTokenCount)); // bytes and an end
    }

    [Fact]
    public async Task The_token_limit_is_a_finish_reason()
    {
        await using ServedModel served = await ServeAsync("Hello");
        ChatResponse response = await served.Client.GetResponseAsync("hi", new ChatOptions { MaxOutputTokens = 2 });
        Assert.Equal(("He", ChatFinishReason.Length), (response.Text, response.FinishReason));
    }

    [Fact]
    public async Task A_stop_sequence_ends_the_answer()
    {
        await using ServedModel served = await ServeAsync("Hello");
        Assert.Equal("He", (await served.Client.GetResponseAsync("hi", new ChatOptions { StopSequences = ["l"] })).Text);
    }

    [Fact]
    public async Task Messages_become_turns_with_the_instructions_in_front()
    {
        await using ServedModel served = await ServeAsync("x");
        await served.Client.GetResponseAsync(
            [new(new ChatRole("developer"), "d"), new(ChatRole.User, "u"), new(ChatRole.Assistant, "a"), new(ChatRole.User, [new TextContent("v"), new TextContent("w")])],
            new ChatOptions { Instructions = "i" });
        Assert.Equal(
            "<|im_start|>system\ni<|im_end|>\n<|im_start|>system\nd<|im_end|>\n<|im_start|>user\nu<|im_end|>\n<|im_start|>assistant\na<|im_end|>\n<|im_start|>user\nvw<|im_end|>\n<|im_start|>assistant\n",
            Assert.Single(served.Prompts));
    }

    [Fact]
    public async Task A_call_is_content_with_id_name_and_arguments()
    {
        await using ServedModel served = await ServeAsync(Calls(("stock", """{"item":"chair"}""")));
        ChatResponse response = await served.Client.GetResponseAsync("How many chairs?", new ChatOptions { Tools = [_stock] });
        FunctionCallContent call = Assert.IsType<FunctionCallContent>(Assert.Single(Assert.Single(response.Messages).Contents));
        Assert.Equal(("stock", "chair", ChatFinishReason.ToolCalls), (call.Name, call.Arguments!["item"]!.ToString(), response.FinishReason));
        Assert.NotEmpty(call.CallId);
        Assert.Contains("How many there are.", Assert.Single(served.Prompts));
    }

    [Fact]
    public async Task Streamed_calls_come_whole_each_when_the_next_begins()
    {
        await using ServedModel served = await ServeAsync(ToolText.Call("Let me look.", [("stock", """{"item":"chair"}"""), ("price", """{"item":"lamp"}""")]));
        List<ChatResponseUpdate> updates = await served.Client.GetStreamingResponseAsync("?", new ChatOptions { Tools = [_stock, _price] }).ToListAsync();
        Assert.Equal("Let me look.", string.Concat(updates.Select(update => update.Text)));
        FunctionCallContent[] calls = [.. updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>()];
        Assert.Equal([("stock", "chair"), ("price", "lamp")], calls.Select(call => (call.Name, call.Arguments!["item"]!.ToString()!)));
        Assert.NotEqual(calls[0].CallId, calls[1].CallId);
        Assert.Equal(ChatFinishReason.ToolCalls, updates.ToChatResponse().FinishReason);
    }

    [Fact]
    public async Task One_call_an_answer_where_several_are_not_wanted()
    {
        await using ServedModel served = await ServeAsync(Calls(("stock", """{"item":"chair"}"""), ("stock", """{"item":"lamp"}""")));
        ChatResponse response = await served.Client.GetResponseAsync("?", new ChatOptions { Tools = [_stock], AllowMultipleToolCalls = false });
        Assert.Single(response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
    }

    [Fact]
    public async Task A_call_and_its_result_stand_in_the_prompt_as_the_model_wrote_and_read_them()
    {
        await using ServedModel served = await ServeAsync("done");
        await served.Client.GetResponseAsync(
            [
                new(ChatRole.User, "?"),
                new(ChatRole.Assistant, [new TextContent("Let me look."), new FunctionCallContent("c1", "stock", new Dictionary<string, object?> { ["item"] = "Stühle & mehr" })]),
                new(ChatRole.Tool, [new FunctionResultContent("c1", new { count = 7 })]),
            ],
            new ChatOptions { Tools = [_stock] });
        string prompt = Assert.Single(served.Prompts);
        string called = ToolText.Call("Let me look.", [("stock", """{"item":"Stühle & mehr"}""")]);
        Assert.Contains(called, prompt);
        Assert.Contains("<|im_start|>tool\n{\"count\":7}<|im_end|>", prompt);
    }

    [Fact]
    public async Task No_function_is_called_where_none_may_be()
    {
        await using ServedModel served = await ServeAsync(Calls(("stock", """{"item":"chair"}""")));
        ChatResponse response = await served.Client.GetResponseAsync("?", new ChatOptions { Tools = [_stock], ToolMode = ChatToolMode.None });
        Assert.DoesNotContain(response.Messages.SelectMany(message => message.Contents), content => content is FunctionCallContent);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Theory]
    [InlineData(null, "stock")]
    [InlineData("price", "price")]
    public async Task A_function_is_called_where_one_must_be_with_arguments_that_fit(string? name, string called)
    {
        await using ServedModel served = await ServeAsync("I would rather talk.");
        ChatResponse response = await served.Client.GetResponseAsync("?", new ChatOptions
        {
            Tools = [_stock, _price],
            ToolMode = name is null ? ChatToolMode.RequireAny : ChatToolMode.RequireSpecific(name),
            MaxOutputTokens = 400,
        });
        FunctionCallContent call = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().First();
        if (name is not null) Assert.Equal(called, call.Name);
        Assert.IsType<JsonElement>(call.Arguments!["item"]);
        Assert.Equal(JsonValueKind.String, ((JsonElement)call.Arguments["item"]!).ValueKind);
    }

    [Fact]
    public async Task A_call_that_the_token_limit_cuts_is_nobodys_to_make()
    {
        await using ServedModel served = await ServeAsync(Calls(("stock", """{"item":"chair"}""")));
        ChatResponse response = await served.Client.GetResponseAsync("?", new ChatOptions { Tools = [_stock], MaxOutputTokens = Calls(("stock", "")).Length });
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.DoesNotContain(response.Messages.SelectMany(message => message.Contents), content => content is FunctionCallContent);
    }

    public sealed record Invoice(string Number, [property: Description("In euros.")] decimal Total, Currency Currency, Line[] Lines);

    public sealed record Line(string Product, int Quantity);

    public enum Currency
    {
        Eur,
        Usd,
    }

    [Fact]
    public async Task A_typed_answer_has_its_type()
    {
        await using ServedModel served = await ServeAsync("""{"number":"F-1","total":2.50,"currency":"Usd","lines":[{"product":"Lamp","quantity":3}]}""");
        Invoice invoice = (await served.Client.GetResponseAsync<Invoice>("Read this.")).Result;
        Assert.Equal(("F-1", 2.50m, Currency.Usd, new Line("Lamp", 3)), (invoice.Number, invoice.Total, invoice.Currency, Assert.Single(invoice.Lines)));
    }

    [Fact]
    public async Task A_typed_answer_has_its_type_whatever_the_model_would_rather_say()
    {
        await using ServedModel served = await ServeAsync("no, \"1}] ");
        ChatResponse<Invoice> response = await served.Client.GetResponseAsync<Invoice>("Read this.", new ChatOptions { MaxOutputTokens = 1500 });
        Assert.True(response.FinishReason == ChatFinishReason.Stop, response.Text);
        Assert.True(response.TryGetResult(out Invoice? invoice), response.Text);
        Assert.NotNull(invoice.Lines);
    }

    [Fact]
    public async Task JSON_without_a_schema_is_an_object()
    {
        await using ServedModel served = await ServeAsync("""["x"]""");
        ChatResponse response = await served.Client.GetResponseAsync("?", new ChatOptions { ResponseFormat = ChatResponseFormat.Json, MaxOutputTokens = 200 });
        Assert.StartsWith("{", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"choice":["refund","order"]}""", "refund, please", "refund")]
    [InlineData("""{"regex":"[0-9]{4}"}""", "2024-05", "2024")]
    [InlineData("""{"grammar":"root ::= \"a\" | \"b\""}""", "bb", "b")]
    public async Task A_choice_a_pattern_and_a_grammar_are_kept_to(string structure, string wanted, string answer)
    {
        await using ServedModel served = await ServeAsync(wanted);
        ChatOptions options = new() { AdditionalProperties = new() { ["structured_outputs"] = JsonSerializer.Deserialize<JsonElement>(structure) } };
        Assert.Equal(answer, (await served.Client.GetResponseAsync("?", options)).Text);
    }

    private static ChatOptions Unenforceable(bool strict) => new()
    {
        ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"},"uniqueItems":true}},"required":["a"],"additionalProperties":false}""")),
        AdditionalProperties = strict ? new() { ["strict"] = true } : null,
    };

    [Fact]
    public async Task A_strict_schema_that_can_only_be_checked_is_refused()
    {
        await using ServedModel served = await ServeAsync("x");
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => served.Client.GetResponseAsync("?", Unenforceable(strict: true)));
        Assert.Equal((HttpStatusCode.BadRequest, "response_format", "invalid_format"), (error.StatusCode, error.Parameter, error.Code));
        Assert.Contains("uniqueItems", error.Message);
    }

    [Theory]
    [InlineData("""{"a":[1,2]}""", true)]
    [InlineData("""{"a":[1,1]}""", false)]
    public async Task What_could_only_be_checked_is_and_the_answer_says_how_that_went(string json, bool valid)
    {
        await using ServedModel served = await ServeAsync(json);
        ChatResponse whole = await served.Client.GetResponseAsync("?", Unenforceable(strict: false));
        List<ChatResponseUpdate> updates = await served.Client.GetStreamingResponseAsync("?", Unenforceable(strict: false)).ToListAsync();
        Assert.All([whole.AdditionalProperties, Assert.Single(updates, update => update.FinishReason is not null).AdditionalProperties], properties =>
        {
            SchemaCheck check = Assert.IsType<SchemaCheck>(properties!["schema_check"]);
            Assert.Equal((valid, "#/properties/a/uniqueItems"), (check.Valid, Assert.Single(check.Checked)));
            Assert.Equal(valid, check.Error is null);
        });
    }

    [Fact]
    public async Task Each_tokens_log_probability_comes_with_its_bytes_and_alternatives()
    {
        await using ServedModel served = await ServeAsync("Hé");
        ChatResponse response = await served.Client.GetResponseAsync("hi", new ChatOptions { AdditionalProperties = new() { ["logprobs"] = true, ["top_logprobs"] = 2 } });
        var tokens = Assert.IsAssignableFrom<IReadOnlyList<TokenLogProbability>>(response.AdditionalProperties!["logprobs"]);
        Assert.Equal("Hé"u8.ToArray().Select(value => (int)value), tokens.SelectMany(token => token.Bytes!));
        Assert.All(tokens, token => Assert.Equal(2, token.Alternatives!.Count));
        Assert.All(tokens, token => Assert.InRange(Math.Exp(token.LogProbability), 0.9, 1));
    }

    public static TheoryData<string, ChatOptions> Unsupported => new()
    {
        { "HostedWebSearchTool", new ChatOptions { Tools = [new HostedWebSearchTool()] } },
        { "ConversationId", new ChatOptions { ConversationId = "1" } },
        { "'other'", new ChatOptions { ModelId = "other" } },
        { "ContinuationToken", new ChatOptions { AllowBackgroundResponses = true } },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public async Task What_no_model_of_ours_does_is_refused(string named, ChatOptions options)
    {
        await using ServedModel served = await ServeAsync("x");
        Assert.Contains(named, (await Assert.ThrowsAsync<NotSupportedException>(() => served.Client.GetResponseAsync("hi", options))).Message);
    }

    [Fact]
    public async Task A_message_with_an_image_and_a_conversation_without_messages_are_refused()
    {
        await using ServedModel served = await ServeAsync("x");
        await Assert.ThrowsAsync<NotSupportedException>(() => served.Client.GetResponseAsync([new(ChatRole.User, [new UriContent("http://x/y.png", "image/png")])]));
        await Assert.ThrowsAsync<ArgumentException>(() => served.Client.GetResponseAsync([]));
    }

    [Fact]
    public async Task What_a_raw_request_sets_goes_before_the_options()
    {
        await using ServedModel served = await ServeAsync("Hello");
        ChatOptions options = new() { MaxOutputTokens = 4, RawRepresentationFactory = _ => new ModelRequest { MaxTokens = 1 } };
        Assert.Equal("H", (await served.Client.GetResponseAsync("hi", options)).Text);
    }

    private static ChatMessage[] Ask(string text) => [new(ChatRole.User, text)];

    /// <summary>Requests that are refused, with the parameter and code.</summary>
    public static TheoryData<string, ChatMessage[], ChatOptions, string, string> Refused => new()
    {
        { "longer than the context", Ask(new string('x', 5000)), new ChatOptions(), "messages", "context_length_exceeded" },
        { "out of range", Ask("?"), new ChatOptions { Temperature = 9 }, "temperature", "invalid_value" },
        { "no tokens", Ask("?"), new ChatOptions { MaxOutputTokens = 0 }, "max_tokens", "invalid_value" },
        { "too many alternatives", Ask("?"), new ChatOptions { AdditionalProperties = new() { ["logprobs"] = true, ["top_logprobs"] = 21 } }, "top_logprobs", "invalid_value" },
        { "no schema", Ask("?"), new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonSerializer.SerializeToElement(new { type = "nothing" })) }, "response_format", "invalid_format" },
        { "no pattern", Ask("?"), new ChatOptions { AdditionalProperties = new() { ["structured_outputs"] = JsonSerializer.SerializeToElement(new { regex = "(" }) } }, "response_format", "invalid_format" },
        { "two functions of one name", Ask("?"), new ChatOptions { Tools = [_stock, _stock] }, "tools[1].function.name", "invalid_value" },
        { "no such function", Ask("?"), new ChatOptions { Tools = [_stock], ToolMode = ChatToolMode.RequireSpecific("price") }, "tool_choice", "invalid_value" },
        { "a result of no call", [new(ChatRole.Tool, [new FunctionResultContent("c9", 1)])], new ChatOptions(), "messages[0].tool_call_id", "invalid_value" },
        { "no number", Ask("?"), new ChatOptions { AdditionalProperties = new() { ["min_p"] = "much" } }, "min_p", "invalid_value" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_refusal_has_one_status_parameter_and_code(string why, ChatMessage[] messages, ChatOptions options, string parameter, string code)
    {
        await using ServedModel served = await ServeAsync("x");
        var whole = await Assert.ThrowsAsync<MhcServiceException>(() => served.Client.GetResponseAsync(messages, options));
        var streamed = await Assert.ThrowsAsync<MhcServiceException>(() => served.Client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync());
        Assert.All([whole, streamed], error => Assert.Equal((why, HttpStatusCode.BadRequest, parameter, code, false), (why, error.StatusCode, error.Parameter, error.Code, error.IsTransient)));
    }

    [Fact]
    public async Task A_full_queue_may_be_tried_again()
    {
        using ManualResetEventSlim gate = new();
        await using ServedModel served = await ServedModel.StartAsync(overHttp, _ => "x", new EngineOptions { MaxQueue = 1 }, gate.Wait, slots: 1);
        Task<ChatResponse> first = served.Client.GetResponseAsync("1");
        Assert.True(SpinWait.SpinUntil(() => served.Engine.Running + served.Engine.Waiting == 1, _soon));
        Assert.True(SpinWait.SpinUntil(() => served.Engine.Running == 1, _soon));
        Task<ChatResponse> second = served.Client.GetResponseAsync("2");
        Assert.True(SpinWait.SpinUntil(() => served.Engine.Waiting == 1, _soon));
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => served.Client.GetResponseAsync("3"));
        gate.Set();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "server_busy", true), (error.StatusCode, error.Code, error.IsTransient));
        Assert.Equal(("x", "x"), ((await first).Text, (await second).Text));
    }

    [Theory]
    [InlineData(true, "generation_failed")]
    [InlineData(false, "internal_error")]
    public async Task A_failure_of_the_model_comes_after_what_it_said(bool known, string code)
    {
        int steps = 0;
        await using ServedModel served = await ServedModel.StartAsync(overHttp, _ => "abc", beforeStep: () =>
        {
            if (++steps == 3) throw known ? new PipelineException("broke") : new InvalidOperationException("broke");
        });
        string seen = "";
        var error = await Assert.ThrowsAsync<MhcServiceException>(async () =>
        {
            await foreach (var update in served.Client.GetStreamingResponseAsync("hi")) seen += update.Text;
        });
        Assert.Equal(("ab", HttpStatusCode.InternalServerError, code), (seen, error.StatusCode, error.Code));
    }

    [Fact]
    public async Task A_closed_engine_may_be_tried_again()
    {
        await using ServedModel served = await ServeAsync("x");
        await served.Engine.DisposeAsync();
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => served.Client.GetResponseAsync("hi"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "server_shutting_down", true), (error.StatusCode, error.Code, error.IsTransient));
    }

    /// <summary>A long answer whose steps are let go one by one.</summary>
    private async Task EndsEarlyAsync(Func<ServedModel, SemaphoreSlim, Task> leave)
    {
        using SemaphoreSlim steps = new(4);
        await using ServedModel served = await ServedModel.StartAsync(overHttp, _ => new string('x', 3000), beforeStep: () => steps.Wait(_soon));
        await leave(served, steps);
        Assert.True(SpinWait.SpinUntil(() => steps.Release() >= 0 && served.Engine.Running == 0, _soon));
        Assert.InRange(served.Engine.Statistics.GeneratedTokens, 1, 2999);
    }

    [Fact]
    public Task Cancelling_a_stream_throws_and_ends_the_generation() => EndsEarlyAsync(async (served, _) =>
    {
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in served.Client.GetStreamingResponseAsync("hi", cancellationToken: source.Token)) await source.CancelAsync();
        });
    });

    [Fact]
    public Task Cancelling_a_whole_answer_throws_and_ends_the_generation() => EndsEarlyAsync(async (served, steps) =>
    {
        using CancellationTokenSource source = new();
        Task<ChatResponse> answer = served.Client.GetResponseAsync("hi", cancellationToken: source.Token);
        Assert.True(SpinWait.SpinUntil(() => steps.CurrentCount == 0, _soon));
        await source.CancelAsync();
        steps.Release();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    });

    [Fact]
    public Task Leaving_a_stream_early_ends_the_generation() => EndsEarlyAsync(async (served, steps) =>
    {
        await using IAsyncEnumerator<ChatResponseUpdate> updates = served.Client.GetStreamingResponseAsync("hi").GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
    });

    [Fact]
    public async Task Concurrent_requests_do_not_mix()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, prompt => $"<{prompt.Split("user\n")[1].Split('<')[0]}>");
        ChatResponse[] answers = await Task.WhenAll(Enumerable.Range(1, 16).Select(i => served.Client.GetResponseAsync(new string('x', i))));
        Assert.Equal(Enumerable.Range(1, 16).Select(i => $"<{new string('x', i)}>"), answers.Select(answer => answer.Text));
        Assert.Equal(16, answers.Select(answer => answer.ResponseId).Distinct().Count());
    }

    [Fact]
    public async Task Its_metadata_names_provider_and_model_and_place()
    {
        await using ServedModel served = await ServeAsync("x");
        ChatClientMetadata metadata = served.Client.GetService<ChatClientMetadata>()!;
        Assert.Equal(("mhc", "scripted", overHttp), (metadata.ProviderName, metadata.DefaultModelId, metadata.ProviderUri is not null));
        Assert.Same(served.Client, served.Client.GetService<Client.MhcChatClient>());
        Assert.Equal(!overHttp, served.Client.GetService<Engine.InferenceEngine>() is not null);
        Assert.Null(served.Client.GetService<ChatClientMetadata>("key"));
    }

    [Fact]
    public async Task A_check_says_in_a_line_whether_the_model_can_be_asked()
    {
        await using ServedModel served = await ServeAsync("x");
        Assert.Contains("scripted", await served.Client.CheckAsync());
    }

    [Fact]
    public async Task Plain_text_is_continued_without_the_chat_template()
    {
        await using ServedModel served = await ServeAsync("x");
        ChatResponse response = await served.Client.ContinueAsync("Once", new ChatOptions { MaxOutputTokens = 1 }).ToChatResponseAsync();
        Assert.Equal(("Once", 4, ChatFinishReason.Length), (Assert.Single(served.Prompts), response.Usage!.InputTokenCount, response.FinishReason));
        await Assert.ThrowsAsync<NotSupportedException>(() => served.Client.ContinueAsync("Once", new ChatOptions { Tools = [_stock] }).ToChatResponseAsync());
    }
}
