using System.Text.Json;
using MhcPipeline.Core.Text;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

public sealed class ToolTests
{
    private const string Path = "/v1/chat/completions";
    private const string Tools = """[{"type": "function", "function": {"name": "stock", "description": "Looks up.", "parameters": {"type": "object", "properties": {"item": {"type": "string"}}, "required": ["item"]}}}]""";
    private const string Hello = """{"role": "user", "content": "How many chairs?"}""";

    private static readonly string _call = ToolText.Call("", [("stock", """{"item":"chair"}""")]);

    [Fact]
    public async Task A_call_comes_with_id_name_and_arguments_and_no_content()
    {
        await using TestServer server = await TestServer.StartAsync(_call);
        (int status, JsonElement body) = await server.PostAsync(Path, $$"""{"messages": [{{Hello}}], "tools": {{Tools}}}""");

        Assert.Equal(200, status);
        JsonElement choice = body.GetProperty("choices")[0], call = Assert.Single(choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray());
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
        Assert.Equal("function", call.GetProperty("type").GetString());
        Assert.Equal("stock", call.GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("""{"item":"chair"}""", call.GetProperty("function").GetProperty("arguments").GetString());
        Assert.StartsWith("call_", call.GetProperty("id").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_streamed_call_has_its_id_and_name_once_and_its_arguments_in_pieces()
    {
        await using TestServer server = await TestServer.StartAsync(_call);
        List<string> events = await server.StreamAsync(Path, $$"""{"messages": [{{Hello}}], "tools": {{Tools}}, "stream": true}""");

        JsonElement[] choices = [.. events.SkipLast(1).Select(data => JsonDocument.Parse(data).RootElement.GetProperty("choices")[0])];
        JsonElement[] calls = [.. choices.Where(choice => choice.GetProperty("delta").TryGetProperty("tool_calls", out _)).Select(choice => choice.GetProperty("delta").GetProperty("tool_calls")[0])];
        Assert.All(calls, call => Assert.Equal(0, call.GetProperty("index").GetInt32()));
        Assert.Equal("stock", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.All(calls.Skip(1), call => Assert.False(call.TryGetProperty("id", out _)));
        Assert.True(calls.Length > 3);
        Assert.Equal("""{"item":"chair"}""", string.Concat(calls.Select(call => call.GetProperty("function").GetProperty("arguments").GetString())));
        Assert.Equal("tool_calls", choices[^1].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task A_call_cut_by_the_token_limit_keeps_that_reason()
    {
        await using TestServer server = await TestServer.StartAsync(_call);
        (_, JsonElement body) = await server.PostAsync(Path, $$"""{"messages": [{{Hello}}], "tools": {{Tools}}, "max_tokens": {{_call.IndexOf("chair", StringComparison.Ordinal)}}}""");

        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("{\"item\":\"", choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
    }

    [Fact]
    public async Task Tools_calls_and_results_stand_in_the_prompt_as_in_training_data()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        string tool = JsonDocument.Parse(Tools).RootElement[0].GetRawText();
        string messages = $$"""[{"role": "system", "content": "Be brief."}, {{Hello}}, {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "stock", "arguments": "{\"item\":\"chair\"}"} }]}, {"role": "tool", "tool_call_id": "c1", "content": "7"}]""";

        (_, JsonElement body) = await server.PostAsync("/v1/tokenize", $$"""{"messages": {{messages}}, "tools": {{Tools}}}""");
        string prompt = (await server.PostAsync("/v1/detokenize", $$"""{"tokens": {{body.GetProperty("tokens").GetRawText()}}}""")).Body.GetProperty("prompt").GetString()!;

        string offer = ToolText.Offer("Be brief.", [JsonDocument.Parse(tool).RootElement]);
        Assert.Equal(
            $"<|im_start|>system\n{offer}<|im_end|>\n<|im_start|>user\nHow many chairs?<|im_end|>\n<|im_start|>assistant\n{_call}<|im_end|>\n<|im_start|>tool\n7<|im_end|>\n<|im_start|>assistant\n",
            prompt);
    }

    [Fact]
    public async Task With_tool_choice_none_nothing_is_called()
    {
        await using TestServer server = await TestServer.StartAsync(_call);
        (_, JsonElement body) = await server.PostAsync(Path, $$"""{"messages": [{{Hello}}], "tools": {{Tools}}, "tool_choice": "none"}""");

        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal(_call, choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData("tools[0].function.name", """ "tools": [{"type": "function", "function": {"name": "two words"}}] """)]
    [InlineData("tools[0].function.name", """ "tools": [{"type": "function"}] """)]
    [InlineData("tools[0].function.name", """ "tools": [null] """)]
    [InlineData("tools[1].function.name", """ "tools": [{"function": {"name": "f"}}, {"function": {"name": "f"}}] """)]
    [InlineData("tools[0].function.parameters", """ "tools": [{"function": {"name": "f", "parameters": 5}}] """)]
    [InlineData("tools[0].type", """ "tools": [{"type": "web_search", "function": {"name": "f"}}] """)]
    [InlineData("tool_choice", """ "tool_choice": "required" """)]
    [InlineData("tool_choice", """ "tool_choice": "always" """)]
    [InlineData("tool_choice", """ "tools": [{"function": {"name": "f"}}], "tool_choice": {"type": "function", "function": {"name": "g"}} """)]
    [InlineData("tool_choice", """ "tool_choice": {"type": "function"} """)]
    [InlineData("messages[0].tool_call_id", """ "messages": [{"role": "tool", "content": "x"}] """)]
    [InlineData("messages[0].tool_call_id", """ "messages": [{"role": "tool", "content": "x", "tool_call_id": "c9"}] """)]
    [InlineData("messages[0].tool_calls[0]", """ "messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}] """)]
    [InlineData("messages[0].tool_calls[0].function.arguments", """ "messages": [{"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{"}}]}] """)]
    [InlineData("messages[0].content", """ "messages": [{"role": "assistant", "content": null}] """)]
    public async Task What_cannot_be_called_is_refused_by_place(string param, string fields)
    {
        await using TestServer server = await TestServer.StartAsync("x");
        string messages = fields.Contains("\"messages\"", StringComparison.Ordinal) ? "" : $$""" "messages": [{{Hello}}], """;
        (int status, JsonElement body) = await server.PostAsync(Path, $$"""{ {{messages}} {{fields}} }""");

        Assert.Equal(400, status);
        Assert.Equal(param, body.GetProperty("error").GetProperty("param").GetString());
    }
}
