using System.Text.Json;
using MhcPipeline.Core.Text;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

public sealed class ResponsesTests
{
    private const string Path = "/v1/responses";
    private const string Tools = """[{"type": "function", "name": "stock", "parameters": {"type": "object", "properties": {"item": {"type": "string"}}}}]""";

    [Fact]
    public async Task A_string_is_answered_with_a_message()
    {
        await using TestServer server = await TestServer.StartAsync("Good day.");
        (int status, JsonElement body) = await server.PostAsync(Path, """{"model": "scripted", "input": "Hello", "instructions": "Be brief.", "metadata": {"order": "5"}}""");

        Assert.Equal(200, status);
        Assert.Equal("response", body.GetProperty("object").GetString());
        Assert.Equal("completed", body.GetProperty("status").GetString());
        Assert.Equal("5", body.GetProperty("metadata").GetProperty("order").GetString());
        JsonElement item = Assert.Single(body.GetProperty("output").EnumerateArray());
        Assert.Equal("message", item.GetProperty("type").GetString());
        Assert.Equal("Good day.", item.GetProperty("content")[0].GetProperty("text").GetString());
        JsonElement usage = body.GetProperty("usage");
        Assert.Equal("Good day.".Length + 1, usage.GetProperty("output_tokens").GetInt32());
        Assert.Equal(usage.GetProperty("input_tokens").GetInt32() + "Good day.".Length + 1, usage.GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task It_reads_the_same_conversation_as_chat_does()
    {
        await using TestServer server = await TestServer.StartAsync("x");
        string call = """{\"item\":\"chair\"}""";
        (_, JsonElement response) = await server.PostAsync(Path, $$"""
            {"instructions": "Be brief.", "tools": {{Tools}}, "input": [{"role": "user", "content": [{"type": "input_text", "text": "How many?"}]},
             {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Let me look."}]},
             {"type": "function_call", "call_id": "c1", "name": "stock", "arguments": "{{call}}"},
             {"type": "function_call_output", "call_id": "c1", "output": "7"}]}
            """);
        (_, JsonElement chat) = await server.PostAsync("/v1/chat/completions", $$"""
            {"tools": [{"type": "function", "function": {"name": "stock", "parameters": {"type": "object", "properties": {"item": {"type": "string"} } } } }],
             "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How many?"},
             {"role": "assistant", "content": "Let me look.", "tool_calls": [{"id": "c1", "function": {"name": "stock", "arguments": "{{call}}"} }]},
             {"role": "tool", "tool_call_id": "c1", "content": "7"}]}
            """);

        Assert.Equal(chat.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), response.GetProperty("usage").GetProperty("input_tokens").GetInt32());
    }

    [Fact]
    public async Task A_stream_tells_of_every_item_in_the_order_of_the_api()
    {
        await using TestServer server = await TestServer.StartAsync(ToolText.Call("Ja", [("stock", "{}")]));
        JsonElement[] events = await EventsAsync(server, $$"""{"input": "How many?", "tools": {{Tools}}, "stream": true}""");

        string[] types = [.. events.Select(one => one.GetProperty("type").GetString()!)];
        Assert.Equal(Enumerable.Range(0, events.Length), events.Select(one => one.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(
            [
                "response.created", "response.in_progress",
                "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.delta",
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done", "response.completed",
            ],
            types);
        Assert.Equal("Ja", events[6].GetProperty("text").GetString());
        Assert.Equal("{}", events[12].GetProperty("arguments").GetString());
        JsonElement whole = events[^1].GetProperty("response");
        Assert.Equal(["message", "function_call"], whole.GetProperty("output").EnumerateArray().Select(item => item.GetProperty("type").GetString()));
        Assert.Equal(1, events[13].GetProperty("output_index").GetInt32());
    }

    [Fact]
    public async Task An_answer_cut_by_the_token_limit_is_incomplete()
    {
        await using TestServer server = await TestServer.StartAsync("Good day.");
        (_, JsonElement body) = await server.PostAsync(Path, """{"input": "Hello", "max_output_tokens": 4}""");

        Assert.Equal("incomplete", body.GetProperty("status").GetString());
        Assert.Equal("max_output_tokens", body.GetProperty("incomplete_details").GetProperty("reason").GetString());
        Assert.Equal("Good", body.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("input", "{}")]
    [InlineData("input", """{"input": []}""")]
    [InlineData("input", """{"input": 5}""")]
    [InlineData("input[0]", """{"input": [5]}""")]
    [InlineData("input[0].type", """{"input": [{"type": "reasoning"}]}""")]
    [InlineData("input[0].role", """{"input": [{"role": "king", "content": "x"}]}""")]
    [InlineData("input[0].content[0]", """{"input": [{"role": "user", "content": [{"type": "input_image"}]}]}""")]
    [InlineData("input[0].call_id", """{"input": [{"type": "function_call_output", "output": "x"}]}""")]
    [InlineData("input[0].call_id", """{"input": [{"type": "function_call_output", "call_id": "c", "output": "x"}]}""")]
    [InlineData("tools[0].name", """{"input": "x", "tools": [{"type": "function"}]}""")]
    [InlineData("tools[0].type", """{"input": "x", "tools": [{"type": "web_search"}]}""")]
    [InlineData("text.format", """{"input": "x", "text": {"format": {"type": "xml"}}}""")]
    [InlineData("text.format.schema", """{"input": "x", "text": {"format": {"type": "json_schema", "name": "n"}}}""")]
    [InlineData("max_output_tokens", """{"input": "x", "max_output_tokens": 0}""")]
    [InlineData("temperature", """{"input": "x", "temperature": 3}""")]
    [InlineData("previous_response_id", """{"input": "x", "previous_response_id": "resp_1"}""")]
    [InlineData("store", """{"input": "x", "store": true}""")]
    [InlineData("reasoning", """{"input": "x", "reasoning": {"effort": "low"}}""")]
    public async Task What_cannot_be_done_is_refused_by_place(string param, string request)
    {
        await using TestServer server = await TestServer.StartAsync("x");
        (int status, JsonElement body) = await server.PostAsync(Path, request);

        Assert.Equal(400, status);
        Assert.Equal(param, body.GetProperty("error").GetProperty("param").GetString());
    }

    private static async Task<JsonElement[]> EventsAsync(TestServer server, string request)
    {
        using var content = new StringContent(request, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await server.Client.PostAsync(Path, content);
        string body = await response.Content.ReadAsStringAsync();
        return [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one =>
        {
            string[] lines = one.Split('\n');
            JsonElement data = JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement;
            Assert.Equal("event: " + data.GetProperty("type").GetString(), lines[0]);
            return data;
        })];
    }
}
