using System.Text;
using System.Text.Json;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

/// <summary>Whatever goes wrong, the answer is an error in OpenAI's shape that names the field.</summary>
public sealed class ErrorTests : IAsyncLifetime
{
    private const string Chat = "/v1/chat/completions";
    private const string Completions = "/v1/completions";
    private const string Messages = """ "messages": [{"role": "user", "content": "Hello"}] """;
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync("x");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("temperature", "-1")]
    [InlineData("temperature", "2.5")]
    [InlineData("temperature", "\"hot\"")]
    [InlineData("top_p", "0")]
    [InlineData("top_k", "-1")]
    [InlineData("top_k", "1.5")]
    [InlineData("min_p", "7")]
    [InlineData("presence_penalty", "3")]
    [InlineData("frequency_penalty", "-3")]
    [InlineData("repetition_penalty", "0")]
    [InlineData("logit_bias", """{"word": 1}""")]
    [InlineData("logit_bias", """{"9999": 1}""")]
    [InlineData("logit_bias", """[1]""")]
    [InlineData("stop", "5")]
    [InlineData("stop", "[1]")]
    [InlineData("stop", "\"\"")]
    [InlineData("n", "0")]
    [InlineData("n", "1000")]
    [InlineData("max_tokens", "0")]
    [InlineData("stream", "\"yes\"")]
    [InlineData("stream_options", """{"include_usage": true}""")]
    [InlineData("seed", "\"x\"")]
    [InlineData("model", "5")]
    public async Task A_wrong_value_is_refused_by_both_endpoints(string field, string value)
    {
        foreach ((string path, string rest) in new[] { (Chat, Messages), (Completions, """ "prompt": "x" """) })
        {
            (int status, JsonElement body) = await _server.PostAsync(path, $$"""{ {{rest}}, "{{field}}": {{value}} }""");
            AssertError(body, status, 400, field);
        }
    }

    [Theory]
    [InlineData("logit_bias", "[1]", "an object")]
    [InlineData("logit_bias.5", """{"5": "x"}""", "a number")]
    [InlineData("tools", "5", "an array")]
    [InlineData("tools[1].type", """[{}, {"type": 5}]""", "a string")]
    [InlineData("stream_options", "true", "an object")]
    [InlineData("stream_options.include_usage", """{"include_usage": "yes"}""", "true or false")]
    [InlineData("seed", "\"x\"", "an integer")]
    [InlineData("top_p", "\"x\"", "a number")]
    [InlineData("stream", "1", "true or false")]
    [InlineData("model", "5", "a string")]
    public async Task A_value_of_another_type_is_refused_with_what_it_must_be(string field, string value, string expected)
    {
        (_, JsonElement body) = await _server.PostAsync(Chat, $$"""{ {{Messages}}, "{{field.Split('.', '[')[0]}}": {{value}} }""");

        Assert.Equal($"'{field}' must be {expected}.", body.GetProperty("error").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("messages", "[]")]
    [InlineData("messages[0].role", """[{"content": "x"}]""")]
    [InlineData("messages[0].role", """[{"role": "king", "content": "x"}]""")]
    [InlineData("messages[0].role", """[{"role": "function", "name": "f", "content": "x"}]""")]
    [InlineData("messages[0].role", """[null]""")]
    [InlineData("messages[0].content", """[{"role": "user"}]""")]
    [InlineData("messages[0].content", """[{"role": "user", "content": 5}]""")]
    [InlineData("messages[0].content[0]", """[{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]""")]
    [InlineData("messages[0].content[0].text", """[{"role": "user", "content": [{"type": "text"}]}]""")]
    public async Task Wrong_messages_are_refused_by_place(string param, string messages)
    {
        (int status, JsonElement body) = await _server.PostAsync(Chat, $$"""{"messages": {{messages}}}""");
        AssertError(body, status, 400, param);
    }

    [Theory]
    [InlineData("function_call", "\"auto\"")]
    [InlineData("functions", """[{"name": "f"}]""")]
    [InlineData("tool_choice", "\"required\"")]
    [InlineData("response_format", """{"type": "xml"}""")]
    [InlineData("response_format.json_schema.schema", """{"type": "json_schema"}""")]
    [InlineData("response_format.json_schema.schema", """{"type": "json_schema", "json_schema": {"name": "n", "schema": 5}}""")]
    [InlineData("structured_outputs", """{"json_object": true, "regex": "a"}""")]
    [InlineData("structured_outputs", "{}")]
    [InlineData("structured_outputs.choice", """{"choice": []}""")]
    [InlineData("grammar", "\"root ::= x\"")]
    [InlineData("guided_json", "{}")]
    [InlineData("reasoning_effort", "\"low\"")]
    [InlineData("store", "true")]
    [InlineData("temprature", "1")]
    [InlineData("modalities", """["audio"]""")]
    [InlineData("top_logprobs", "2")]
    [InlineData("max_completion_tokens", "0")]
    public async Task What_chat_cannot_do_is_refused_rather_than_ignored(string field, string value)
    {
        (int status, JsonElement body) = await _server.PostAsync(Chat, $$"""{ {{Messages}}, "{{field.Split('.')[0]}}": {{value}} }""");
        AssertError(body, status, 400, field);
    }

    [Theory]
    [InlineData("user", "\"u\"")]
    [InlineData("store", "false")]
    [InlineData("service_tier", "\"auto\"")]
    [InlineData("modalities", """[ "text" ]""")]
    [InlineData("reasoning_effort", "null")]
    public async Task What_asks_for_nothing_is_let_pass(string field, string value)
    {
        (int status, _) = await _server.PostAsync(Chat, $$"""{ {{Messages}}, "{{field}}": {{value}} }""");
        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("suffix", "\"end\"")]
    [InlineData("logprobs", "6")]
    [InlineData("best_of", "0")]
    [InlineData("prompt", "5")]
    [InlineData("prompt", "[]")]
    [InlineData("prompt", "[1, \"x\"]")]
    [InlineData("prompt", "[1.5]")]
    [InlineData("prompt", "[259]")]
    public async Task What_completions_cannot_do_is_refused(string field, string value)
    {
        (int status, JsonElement body) = await _server.PostAsync(Completions, $$"""{"{{field}}": {{value}}}""");
        AssertError(body, status, 400, field);
    }

    [Theory]
    [InlineData("""{"prompt": """)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    public async Task A_body_that_is_no_json_object_is_refused(string json)
    {
        (int status, JsonElement body) = await _server.PostAsync(Completions, json);
        Assert.Equal("invalid_json", Error(body, status, 400).GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_tools_and_formats_say_nothing_is_accepted()
    {
        (int status, _) = await _server.PostAsync(Chat, $$"""{ {{Messages}}, "tools": [], "tool_choice": "none", "response_format": {"type": "text"}, "modalities": ["text"], "user": "me", "metadata": {} }""");
        Assert.Equal(200, status);
    }

    [Fact]
    public async Task A_prompt_beyond_the_context_says_how_long_both_are()
    {
        (int status, JsonElement body) = await _server.PostAsync(Chat, $$"""{"messages": [{"role": "user", "content": "{{new string('x', 5000)}}"}]}""");
        JsonElement error = Error(body, status, 400);
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        Assert.Equal("messages", error.GetProperty("param").GetString());
        Assert.Contains("4096", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_model_is_not_found()
    {
        (int status, JsonElement body) = await _server.PostAsync(Completions, """{"model": "gpt", "prompt": "x"}""");
        Assert.Equal("model_not_found", Error(body, status, 404).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/v1/models/other", 404)]
    [InlineData("GET", "/v1/chat/completions", 405)]
    [InlineData("DELETE", "/v1/models", 405)]
    public async Task Wrong_paths_and_methods_get_the_same_shape(string method, string path, int expected)
    {
        using HttpResponseMessage response = await _server.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Error(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, (int)response.StatusCode, expected);
    }

    [Fact]
    public async Task A_body_that_is_not_declared_as_json_is_refused()
    {
        using HttpResponseMessage response = await _server.Client.PostAsync(Completions, new StringContent("{}", Encoding.UTF8, "text/plain"));
        Error(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, (int)response.StatusCode, 415);
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        using var content = new StringContent($$"""{"prompt": "{{new string('x', 17 << 20)}}"}""", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Completions) { Content = content };
        request.Headers.ExpectContinue = true; // so that the refusal is read before the body is sent
        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        Error(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, (int)response.StatusCode, 413);
    }

    [Fact]
    public async Task A_full_queue_says_when_to_try_again()
    {
        using var steps = new SemaphoreSlim(0);
        var model = new ScriptedModel("ab", slots: 1) { BeforeStep = steps.Wait };
        await using TestServer server = await TestServer.StartAsync(model.Engine(new EngineOptions { MaxQueue = 0 }));
        Task<List<GenerationChunk>> running = server.Engine.CollectAsync(Generation.Request());
        using HttpResponseMessage response = await server.Client.PostAsync(Completions, new StringContent("""{"prompt": "x"}""", Encoding.UTF8, "application/json"));
        Assert.Equal("server_busy", Error(JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement, (int)response.StatusCode, 503).GetProperty("code").GetString());
        Assert.NotNull(response.Headers.RetryAfter);
        steps.Release(100);
        await running;
    }

    [Fact]
    public async Task A_failure_inside_a_stream_is_an_event()
    {
        int step = 0;
        var model = new ScriptedModel("abcdef") { BeforeStep = () => { if (++step == 3) throw new InvalidOperationException("secret detail"); } };
        await using TestServer server = await TestServer.StartAsync(model.Engine());
        List<string> events = await server.StreamAsync(Completions, """{"prompt": "x", "stream": true}""");
        Assert.Contains("internal_error", events[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("secret", events[^1], StringComparison.Ordinal);
    }

    private static void AssertError(JsonElement body, int status, int expected, string param) => Assert.Equal(param, Error(body, status, expected).GetProperty("param").GetString());

    private static JsonElement Error(JsonElement body, int status, int expected)
    {
        Assert.Equal(expected, status);
        JsonElement error = Assert.Single(body.EnumerateObject()).Value;
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(property => property.Name));
        Assert.Equal(expected >= 500 ? "server_error" : "invalid_request_error", error.GetProperty("type").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return error;
    }
}
