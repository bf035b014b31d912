using System.Text.Json;
using MhcPipeline.Core.Text;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

/// <summary>A model that says whatever it likes gives what was asked for.</summary>
public sealed class StructuredOutputTests
{
    private const string Path = "/v1/chat/completions";
    private const string Hello = """ "messages": [{"role": "user", "content": "Hello"}] """;
    private const string Schema = """{"type":"object","properties":{"kind":{"enum":["order","invoice"]},"count":{"type":"integer","minimum":0,"maximum":99}},"required":["kind","count"],"additionalProperties":false}""";

    [Theory]
    [InlineData("no JSON at all")]
    [InlineData("{\"kind\": \"mail\", \"count\": 1000}")]
    [InlineData("")]
    public async Task A_schema_is_kept_whatever_the_model_says(string script)
    {
        await using TestServer server = await TestServer.StartAsync(script);
        (int status, JsonElement body) = await server.PostAsync(Path, $$$"""{ {{{Hello}}}, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": true, "schema": {{{Schema}}}}} }""");

        Assert.Equal(200, status);
        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.False(choice.TryGetProperty("schema_check", out _));
        using JsonDocument answer = JsonDocument.Parse(choice.GetProperty("message").GetProperty("content").GetString()!);
        Assert.Contains(answer.RootElement.GetProperty("kind").GetString(), (string[])["order", "invoice"]);
        Assert.InRange(answer.RootElement.GetProperty("count").GetInt32(), 0, 99);
        Assert.Equal(2, answer.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public async Task What_the_model_says_is_kept_where_it_fits()
    {
        await using TestServer server = await TestServer.StartAsync("""{"kind":"invoice","count":42}""");
        (_, JsonElement body) = await server.PostAsync(Path, $$$"""{ {{{Hello}}}, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {{{Schema}}}}} }""");

        Assert.Equal("""{"kind":"invoice","count":42}""", body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("""{"choice": ["yes", "no"]}""", "no, thank you", "no")]
    [InlineData("""{"regex": "[0-9]{3}-[0-9]{2}"}""", "123-45", "123-45")]
    [InlineData("""{"grammar": "root ::= \"a\" (\"b\" | \"c\"){2}"}""", "abcc", "abc")]
    public async Task Other_forms_are_kept_as_well(string form, string script, string expected)
    {
        await using TestServer server = await TestServer.StartAsync(script);
        (_, JsonElement body) = await server.PostAsync(Path, $$"""{ {{Hello}}, "structured_outputs": {{form}} }""");

        Assert.Equal(expected, body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Theory]
    [InlineData("\"required\"", "I would rather talk.")]
    [InlineData("{\"type\": \"function\", \"function\": {\"name\": \"g\"}}", "<tool_call>\n{\"name\": \"f\"")]
    public async Task A_call_that_is_asked_for_comes_and_its_arguments_fit(string choice, string script)
    {
        await using TestServer server = await TestServer.StartAsync(script);
        (_, JsonElement body) = await server.PostAsync(Path, $$$"""{ {{{Hello}}}, "tools": [{"function": {"name": "f", "parameters": {{{Schema}}}}}, {"function": {"name": "g", "parameters": {{{Schema}}}}}], "tool_choice": {{{choice}}}, "parallel_tool_calls": false }""");

        JsonElement answer = body.GetProperty("choices")[0], call = Assert.Single(answer.GetProperty("message").GetProperty("tool_calls").EnumerateArray()).GetProperty("function");
        Assert.Equal("tool_calls", answer.GetProperty("finish_reason").GetString());
        Assert.Equal(choice.Contains("\"g\"", StringComparison.Ordinal) ? "g" : "f", call.GetProperty("name").GetString());
        using JsonDocument arguments = JsonDocument.Parse(call.GetProperty("arguments").GetString()!);
        Assert.InRange(arguments.RootElement.GetProperty("count").GetInt32(), 0, 99);
    }

    [Fact]
    public async Task A_call_that_the_model_begins_by_itself_is_ended_as_its_schema_says()
    {
        await using TestServer server = await TestServer.StartAsync("Well <tool. " + ToolText.CallHead("f") + "\"not an object\"");
        (_, JsonElement body) = await server.PostAsync(Path, $$$"""{ {{{Hello}}}, "tools": [{"function": {"name": "f", "parameters": {{{Schema}}}}}], "parallel_tool_calls": false, "max_tokens": 400 }""");

        JsonElement message = body.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal("Well <tool.", message.GetProperty("content").GetString());
        using JsonDocument arguments = JsonDocument.Parse(message.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString()!);
        Assert.Equal(2, arguments.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public async Task Strict_refuses_what_cannot_be_enforced_and_names_it()
    {
        const string Unique = """{"type": "array", "items": {"type": "integer"}, "maxItems": 2, "uniqueItems": true}""";
        await using TestServer server = await TestServer.StartAsync("[7,7]");
        string format = $$$"""{"type": "json_schema", "json_schema": {"name": "n", "strict": STRICT, "schema": {{{Unique}}}}}""";

        (int status, JsonElement refused) = await server.PostAsync(Path, $$"""{ {{Hello}}, "response_format": {{format.Replace("STRICT", "true", StringComparison.Ordinal)}} }""");
        (_, JsonElement body) = await server.PostAsync(Path, $$"""{ {{Hello}}, "response_format": {{format.Replace("STRICT", "false", StringComparison.Ordinal)}} }""");
        (_, JsonElement report) = await server.PostAsync("/v1/schemas/report", $$"""{"schema": {{Unique}} }""");

        Assert.Equal(400, status);
        Assert.Equal("response_format", refused.GetProperty("error").GetProperty("param").GetString());
        Assert.Contains("#/uniqueItems", refused.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        JsonElement check = body.GetProperty("choices")[0].GetProperty("schema_check");
        Assert.False(check.GetProperty("valid").GetBoolean());
        Assert.Equal("#/uniqueItems", Assert.Single(check.GetProperty("checked").EnumerateArray()).GetString());
        Assert.False(report.GetProperty("strict").GetBoolean());
        Assert.Equal("checked", report.GetProperty("keywords").EnumerateArray().Single(one => one.GetProperty("keyword").GetString() == "uniqueItems").GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("response_format", """{"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "nothing"}}}""")]
    [InlineData("structured_outputs", """{"regex": "("}""")]
    [InlineData("structured_outputs", """{"grammar": "root ::= root"}""")]
    public async Task What_is_no_schema_pattern_or_grammar_is_refused(string field, string value)
    {
        await using TestServer server = await TestServer.StartAsync("x");
        (int status, JsonElement body) = await server.PostAsync(Path, $$"""{ {{Hello}}, "{{field}}": {{value}} }""");

        Assert.Equal(400, status);
        Assert.Equal("response_format", body.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Text_that_is_forced_takes_no_step_for_each_token_and_is_the_same()
    {
        const string Long = """{"type":"object","properties":{"a_rather_long_name_of_a_property":{"const":"and a rather long value"},"n":{"type":"integer","minimum":1,"maximum":9}},"required":["a_rather_long_name_of_a_property","n"],"additionalProperties":false}""";
        await using TestServer server = await TestServer.StartAsync("x");
        string request = $$$"""{ {{{Hello}}}, "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {{{Long}}}}} REST }""";

        string jumped = await AnswerAsync("");
        long steps = server.Engine.Statistics.DecodeSteps;
        string stepwise = await AnswerAsync(", \"logprobs\": true"); // each token's log-probability has to be computed

        Assert.Equal("""{"a_rather_long_name_of_a_property":"and a rather long value","n":1}""", jumped);
        Assert.Equal(jumped, stepwise);
        Assert.InRange(steps, 1, (server.Engine.Statistics.DecodeSteps - steps) / 4);

        async Task<string> AnswerAsync(string rest) =>
            (await server.PostAsync(Path, request.Replace("REST", rest, StringComparison.Ordinal))).Body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }
}
