using System.Text.Json;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

public sealed class ChatTests
{
    private const string Path = "/v1/chat/completions";
    private const string Hello = """{"role": "user", "content": "Hello"}""";

    [Fact]
    public async Task A_conversation_is_answered()
    {
        await using TestServer server = await TestServer.StartAsync("Good day.");
        (int status, JsonElement body) = await server.PostAsync(Path, $$"""{"model": "scripted", "messages": [{{Hello}}]}""");
        Assert.Equal(200, status);
        Assert.StartsWith("chatcmpl-", body.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("chat.completion", body.GetProperty("object").GetString());
        JsonElement choice = Assert.Single(body.GetProperty("choices").EnumerateArray());
        Assert.Equal("assistant", choice.GetProperty("message").GetProperty("role").GetString());
        Assert.Equal("Good day.", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        int prompt = "<user\nHello>\n<assistant\n".Length; // each < and > is one token
        Assert.Equal(prompt, body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Text_parts_are_joined_and_developer_is_system()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        (_, JsonElement parts) = await server.PostAsync(Path, """{"messages": [{"role": "developer", "content": [{"type": "text", "text": "Be "}, {"type": "text", "text": "brief"}]}, {"role": "user", "content": "Hi"}]}""");
        (_, JsonElement plain) = await server.PostAsync(Path, """{"messages": [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "Hi"}]}""");
        Assert.Equal(plain.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), parts.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_begins_with_the_role_and_ends_with_reason_usage_and_done()
    {
        const string Script = "Grüß Gott 👋";
        await using TestServer server = await TestServer.StartAsync(Script);
        List<string> events = await server.StreamAsync(Path, $$"""{"messages": [{{Hello}}], "stream": true, "stream_options": {"include_usage": true} }""");
        Assert.Equal("[DONE]", events[^1]);
        Assert.Contains(events, data => data.Contains('ü', StringComparison.Ordinal)); // as it is, not as an escape
        JsonElement[] chunks = [.. events.SkipLast(1).Select(data => JsonDocument.Parse(data).RootElement)];
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        JsonElement[] choices = [.. chunks.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())];
        Assert.Equal("assistant", choices[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal(Script, string.Concat(choices.Select(choice => choice.GetProperty("delta").TryGetProperty("content", out JsonElement content) ? content.GetString() : "")));
        Assert.All(choices.SkipLast(1), choice => Assert.Equal(JsonValueKind.Null, choice.GetProperty("finish_reason").ValueKind));
        Assert.Equal("stop", choices[^1].GetProperty("finish_reason").GetString());
        Assert.True(chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Logprobs_have_tokens_bytes_and_alternatives()
    {
        await using TestServer server = await TestServer.StartAsync("né");
        (_, JsonElement body) = await server.PostAsync(Path, $$"""{"messages": [{{Hello}}], "logprobs": true, "top_logprobs": 2}""");
        JsonElement[] tokens = [.. body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray()];
        Assert.Equal(3, tokens.Length);
        Assert.Equal("n", tokens[0].GetProperty("token").GetString());
        Assert.Equal("[195]", tokens[1].GetProperty("bytes").GetRawText());
        Assert.All(tokens, token => Assert.Equal(2, token.GetProperty("top_logprobs").GetArrayLength()));
    }

    [Fact]
    public async Task Streamed_logprobs_come_with_their_characters()
    {
        await using TestServer server = await TestServer.StartAsync("né");
        List<string> events = await server.StreamAsync(Path, $$"""{"messages": [{{Hello}}], "logprobs": true, "stream": true}""");
        int[] counts = [.. events.SkipLast(1).Select(data => JsonDocument.Parse(data).RootElement.GetProperty("choices")[0].GetProperty("logprobs"))
            .Where(logprobs => logprobs.ValueKind == JsonValueKind.Object).Select(logprobs => logprobs.GetProperty("content").GetArrayLength())];
        Assert.Equal([1, 2], counts);
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public async Task Both_names_of_the_token_limit_hold(string name)
    {
        await using TestServer server = await TestServer.StartAsync("abcdef");
        (_, JsonElement body) = await server.PostAsync(Path, $$"""{"messages": [{{Hello}}], "{{name}}": 2}""");
        Assert.Equal("ab", body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task A_stop_string_ends_a_stream_unseen()
    {
        await using TestServer server = await TestServer.StartAsync("yes###no");
        List<string> events = await server.StreamAsync(Path, $$"""{"messages": [{{Hello}}], "stream": true, "stop": "###"}""");
        Assert.DoesNotContain(events, data => data.Contains('#', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_generation()
    {
        var model = new ScriptedModel("a", maxContext: 1 << 22) { Endless = true, BeforeStep = () => Thread.Yield() };
        await using TestServer server = await TestServer.StartAsync(model.Engine());
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent($$"""{"messages": [{{Hello}}], "stream": true}""", null, "application/json") };
        using (HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            await using Stream body = await response.Content.ReadAsStreamAsync();
            Assert.NotEqual(0, await body.ReadAsync(new byte[100]));
            Assert.Equal(1, server.Engine.Running);
        }
        Assert.True(SpinWait.SpinUntil(() => server.Engine.Running == 0, TimeSpan.FromSeconds(20)));
    }
}
