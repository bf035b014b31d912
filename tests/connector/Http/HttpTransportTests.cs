using System.Net;
using System.Text;
using MhcPipeline.Client;
using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using Microsoft.Extensions.AI;
using Xunit;

namespace MhcPipeline.Connector.Tests.Http;

public sealed class HttpTransportTests
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(20);

    private static MhcChatClient Client(TinyServer server) => new(server.Address, "tiny");

    [Fact]
    public async Task An_answer_has_text_model_reason_and_usage()
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, Answers.Chat("Grüße", "length")));
        using var client = Client(server);
        var response = await client.GetResponseAsync("hi");
        Assert.Equal(("Grüße", "tiny", ChatFinishReason.Length, "chatcmpl-1"), (response.Text, response.ModelId, response.FinishReason, response.ResponseId));
        Assert.Equal((5, 2, 7), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), response.CreatedAt);
    }

    [Fact]
    public async Task Options_and_messages_are_written_as_the_API_spells_them()
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, Answers.Chat("x")));
        using MhcChatClient client = new(server.Address, "tiny", apiKey: "secret");
        await client.GetResponseAsync([new(ChatRole.User, "hé")], new ChatOptions
        {
            Instructions = "be brief",
            Temperature = 0.5f,
            TopP = 0.75f,
            TopK = 7,
            MaxOutputTokens = 9,
            Seed = 11,
            StopSequences = ["a", "b"],
            FrequencyPenalty = 0.25f,
            PresencePenalty = 1.5f,
            AdditionalProperties = new() { ["min_p"] = 0.125, ["repetition_penalty"] = 1.5 },
        });
        Assert.Equal("POST /v1/chat/completions HTTP/1.1", server.Last!.RequestLine);
        Assert.Contains("Authorization: Bearer secret", server.Last.Head);
        Assert.Equal(
            """{"model":"tiny","messages":[{"role":"system","content":"be brief"},{"role":"user","content":"h\u00E9"}],"temperature":0.5,"top_p":0.75,"top_k":7,"min_p":0.125,"repetition_penalty":1.5,"presence_penalty":1.5,"frequency_penalty":0.25,"seed":11,"max_tokens":9,"stop":["a","b"],"stream":false}""",
            server.Last.Body.ToJsonString());
    }

    [Fact]
    public async Task Without_options_it_asks_for_a_greedy_answer()
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, Answers.Chat("x")));
        using var client = Client(server);
        await client.GetResponseAsync("hi");
        Assert.Equal(["model", "messages", "temperature", "stream"], server.Last!.Body.Select(field => field.Key));
        Assert.Equal(0, (float)server.Last.Body["temperature"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public async Task The_endpoint_is_given_with_or_without_its_version(string path)
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, Answers.Chat("x")));
        using MhcChatClient client = new(new Uri(server.Address, path), "tiny");
        await client.GetResponseAsync("hi");
        Assert.Equal("POST /v1/chat/completions HTTP/1.1", server.Last!.RequestLine);
    }

    [Fact]
    public void An_endpoint_that_is_no_web_address_is_refused() =>
        Assert.Throws<ArgumentException>(() => new MhcChatClient(new Uri("file:///tmp"), "tiny"));

    [Fact]
    public async Task An_answer_streams_piece_by_piece()
    {
        await using TinyServer server = new(exchange => Answers.StreamAsync(exchange, "Hel", "lo"));
        using var client = Client(server);
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in client.GetStreamingResponseAsync("hi")) updates.Add(update);
        Assert.Equal(["Hel", "lo", "", ""], updates.Select(update => update.Text));
        var response = updates.ToChatResponse();
        Assert.Equal(("Hello", ChatFinishReason.Stop, 7), (response.Text, response.FinishReason, response.Usage!.TotalTokenCount));
        Assert.Equal("""{"include_usage":true}""", server.Last!.Body["stream_options"]!.ToJsonString());
    }

    [Fact]
    public async Task Events_and_characters_may_be_split_anywhere()
    {
        byte[] stream = Encoding.UTF8.GetBytes($"data: {Answers.Delta("Größe ").Replace("\\u00F6", "ö").Replace("\\u00DF", "ß")}\r\n\r\n: a comment\n\ndata:{Answers.Delta("😀 €").Replace("\\uD83D\\uDE00", "😀").Replace("\\u20AC", "€")}\n\ndata: [DONE]\n\n");
        await using TinyServer server = new(async exchange =>
        {
            await exchange.BeginEventsAsync();
            foreach (byte one in stream) await exchange.ChunkAsync(new[] { one });
            await exchange.EndAsync();
        });
        using var client = Client(server);
        Assert.Equal("Größe 😀 €", (await client.GetStreamingResponseAsync("hi").ToChatResponseAsync()).Text);
    }

    [Fact]
    public async Task Characters_split_between_reads_stay_whole()
    {
        // A stream that gives one byte a read, whatever the network does.
        using HttpClient http = new(new OneByteHandler($"data: {Answers.Delta("ä€😀").Replace("\\u00E4", "ä").Replace("\\u20AC", "€").Replace("\\uD83D\\uDE00", "😀")}\n\ndata: [DONE]\n\n"));
        using MhcChatClient client = new(new Uri("http://127.0.0.1:1"), "tiny", httpClient: http);
        Assert.Equal("ä€😀", (await client.GetStreamingResponseAsync("hi").ToChatResponseAsync()).Text);
    }

    [Fact]
    public async Task Plain_text_is_continued_through_the_completions_API()
    {
        await using TinyServer server = new(async exchange =>
        {
            await exchange.BeginEventsAsync();
            await exchange.EventAsync(Answers.TextPiece(" upon", null));
            await exchange.EventAsync(Answers.TextPiece(" a time", "stop"));
            await exchange.EventAsync("[DONE]");
            await exchange.EndAsync();
        });
        MhcTextGenerationService service = new(Client(server));
        Assert.Equal(" upon a time", (await service.GetTextContentsAsync("Once"))[0].Text);
        Assert.Equal(("POST /v1/completions HTTP/1.1", "Once"), (server.Last!.RequestLine, (string?)server.Last.Body["prompt"]));
    }

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(404, false)]
    [InlineData(429, true)]
    [InlineData(503, true)]
    public async Task A_refusal_keeps_its_message_parameter_and_code(int status, bool transient)
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(status, """{"error":{"message":"no, because","type":"invalid_request_error","param":"top_p","code":"invalid_value"}}"""));
        using var client = Client(server);
        var whole = await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"));
        var streamed = await Assert.ThrowsAsync<MhcServiceException>(() => client.GetStreamingResponseAsync("hi").ToChatResponseAsync());
        Assert.All([whole, streamed], error => Assert.Equal(
            ("no, because", "top_p", "invalid_value", (HttpStatusCode)status, transient),
            (error.Message, error.Parameter, error.Code, error.StatusCode, error.IsTransient)));
    }

    [Theory]
    [InlineData("<html>proxy</html>")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task A_refusal_without_an_error_body_names_address_and_status(string body)
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(502, body));
        using var client = Client(server);
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"));
        Assert.Contains($"{server.Address}v1/chat/completions answered 502", error.Message);
    }

    [Theory]
    [InlineData("<html>hello</html>")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":3}""")]
    public async Task A_success_that_is_not_the_APIs_is_an_error(string body)
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, body));
        using var client = Client(server);
        Assert.Contains(server.Address.ToString(), (await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"))).Message);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        Uri address;
        await using (TinyServer server = new(_ => Task.CompletedTask)) address = server.Address;
        using MhcChatClient client = new(address, "tiny");
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"));
        Assert.Contains(address.ToString(), error.Message);
        Assert.Contains("make serve", error.Message);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task A_stream_that_fails_midway_gives_what_came_and_then_the_error()
    {
        await using TinyServer server = new(async exchange =>
        {
            await exchange.BeginEventsAsync();
            await exchange.EventAsync(Answers.Delta("Hel"));
            await exchange.EventAsync("""{"error":{"message":"out of memory","type":"server_error"}}""");
            await exchange.EndAsync();
        });
        Assert.Equal(("Hel", "out of memory"), await ReadUntilErrorAsync(server));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_that_is_cut_off_is_an_error_and_no_short_answer(bool orderly)
    {
        await using TinyServer server = new(async exchange =>
        {
            await exchange.BeginEventsAsync();
            await exchange.EventAsync(Answers.Delta("Hel"));
            if (orderly) await exchange.EndAsync();
        });
        var (text, message) = await ReadUntilErrorAsync(server);
        Assert.Equal("Hel", text);
        Assert.Contains("closed the connection before the answer was complete", message);
    }

    [Fact]
    public async Task An_event_that_is_not_JSON_is_an_error()
    {
        await using TinyServer server = new(async exchange =>
        {
            await exchange.BeginEventsAsync();
            await exchange.EventAsync("{not json");
            await exchange.EndAsync();
        });
        Assert.Contains("OpenAI-compatible", (await ReadUntilErrorAsync(server)).Message);
    }

    [Fact]
    public async Task A_whole_answer_that_is_cut_off_is_an_error()
    {
        await using TinyServer server = new(async exchange =>
        {
            await exchange.BeginEventsAsync();
            await exchange.ChunkAsync("{\"choices\":"u8.ToArray());
        });
        using var client = Client(server);
        await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"));
    }

    [Fact]
    public async Task Cancelling_a_stream_throws_and_closes_the_connection()
    {
        TaskCompletionSource closed = new();
        await using TinyServer server = new(EndlessStream(closed));
        using var client = Client(server);
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.GetStreamingResponseAsync("hi", cancellationToken: source.Token)) await source.CancelAsync();
        });
        await closed.Task.WaitAsync(_soon);
    }

    [Fact]
    public async Task Leaving_a_stream_early_closes_the_connection()
    {
        TaskCompletionSource closed = new();
        await using TinyServer server = new(EndlessStream(closed));
        using var client = Client(server);
        await foreach (var _ in client.GetStreamingResponseAsync("hi")) break;
        await closed.Task.WaitAsync(_soon);
    }

    [Fact]
    public async Task Cancelling_a_whole_answer_throws()
    {
        using CancellationTokenSource source = new();
        await using TinyServer server = new(async exchange =>
        {
            await source.CancelAsync();
            await exchange.UntilClosedAsync();
        });
        using var client = Client(server);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("hi", cancellationToken: source.Token));
    }

    [Fact]
    public async Task A_time_limit_of_the_callers_client_is_named()
    {
        await using TinyServer server = new(exchange => exchange.UntilClosedAsync());
        using HttpClient http = new() { Timeout = TimeSpan.FromMilliseconds(100) };
        using MhcChatClient client = new(server.Address, "tiny", httpClient: http);
        Assert.Contains("within 0.1 s", (await Assert.ThrowsAsync<MhcServiceException>(() => client.GetResponseAsync("hi"))).Message);
    }

    [Fact]
    public async Task Concurrent_streams_do_not_mix()
    {
        await using TinyServer server = new(exchange =>
            Answers.StreamAsync(exchange, [.. ((string)exchange.Body["messages"]![0]!["content"]!).Select(c => c.ToString())]));
        using var client = Client(server);
        string[] prompts = [.. Enumerable.Range(0, 12).Select(i => new string((char)('a' + i), i + 1))];
        var answers = await Task.WhenAll(prompts.Select(prompt => client.GetStreamingResponseAsync(prompt).ToChatResponseAsync()));
        Assert.Equal(prompts, answers.Select(answer => answer.Text));
    }

    [Fact]
    public async Task Connecting_asks_which_model_is_served()
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, """{"object":"list","data":[{"id":"default","object":"model"}]}"""));
        using var client = await MhcChatClient.ConnectAsync(server.Address);
        var metadata = client.GetService<ChatClientMetadata>()!;
        Assert.Equal(("default", new Uri(server.Address, "v1/")), (metadata.DefaultModelId, metadata.ProviderUri));
        Assert.Equal("GET /v1/models HTTP/1.1", server.Last!.RequestLine);
    }

    [Fact]
    public async Task Connecting_to_a_server_without_a_model_is_an_error()
    {
        await using TinyServer server = new(exchange => exchange.AnswerAsync(200, """{"object":"list","data":[]}"""));
        Assert.Contains("no model", (await Assert.ThrowsAsync<MhcServiceException>(() => MhcChatClient.ConnectAsync(server.Address))).Message);
    }

    private static Func<TinyServer.Exchange, Task> EndlessStream(TaskCompletionSource closed) => async exchange =>
    {
        await exchange.BeginEventsAsync();
        await exchange.EventAsync(Answers.Delta("x"));
        await exchange.UntilClosedAsync();
        closed.SetResult();
    };

    private static async Task<(string Text, string Message)> ReadUntilErrorAsync(TinyServer server)
    {
        using var client = Client(server);
        string text = "";
        var error = await Assert.ThrowsAsync<MhcServiceException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("hi")) text += update.Text;
        });
        return (text, error.Message);
    }
}
