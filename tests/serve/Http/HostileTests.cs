using System.Text;
using System.Text.Json;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

/// <summary>Schemas, patterns and grammars that mean harm or are out of reason: each costs its sender an error or an answer, and nobody else a token.</summary>
public sealed class HostileTests
{
    private const string Path = "/v1/chat/completions";
    private const string Hello = """ "messages": [{"role": "user", "content": "Hello"}] """;

    public static TheoryData<string, string, bool> Requests => new()
    {
        { "arrays in arrays, 5,000 deep", Schema(string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 5000)) + "{}" + new string('}', 5000)), false },
        { "an enum of 100,000", Schema($$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 100_000))}}]}"""), true },
        { "10,000 properties", Schema($$"""{"type":"object","properties":{ {{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"p{i}\":{{\"type\":\"integer\"}}"))}} } }"""), true },
        { "a reference to itself", Schema("""{"$ref":"#"}"""), false },
        { "a list of itself without an end", Schema("""{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}"""), false },
        { "no such reference", Schema("""{"$ref":"#/$defs/none"}"""), false },
        { "another server's reference", Schema("""{"$ref":"https://example.com/schema.json"}"""), false },
        { "strings longer than any answer", Schema("""{"type":"string","minLength":262144}"""), true },
        { "lengths beyond all bounds", Schema("""{"type":"string","minLength":9007199254740993}"""), true },
        { "nothing fits", Schema("""{"type":"string","enum":[5]}"""), false },
        { "more properties than may be", Schema("""{"type":"object","properties":{"a":{},"b":{}},"required":["a","b"],"maxProperties":1}"""), false },
        { "a pattern that others take exponential time for", Schema("""{"type":"string","pattern":"^(a+)+$"}"""), true },
        { "a pattern of many counters", Pattern("((a{1,1000}){1,1000}){1,1000}"), true },
        { "a pattern of many ways", Pattern("(.*a){30}.{200}b"), true },
        { "a grammar that only calls itself", Grammar("root ::= root 'a'"), false },
        { "a schema that is a list", Schema("[1,2]"), false },
        { "not closed", """ "response_format": {"type": "json_schema" """, false },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task It_ends_in_an_answer_or_in_one_clear_error(string what, string field, bool mayAnswer)
    {
        await using TestServer server = await TestServer.StartAsync(new ScriptedModel("x") { Endless = true }.Engine());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Task<(int Status, string Body)> asked = PostAsync(server.Client, $$"""{ {{Hello}}, "max_tokens": 32, {{field}} }""", patience.Token);
        (int beside, _) = await PostAsync(server.Client, $$"""{ {{Hello}}, "max_tokens": 32 }""", patience.Token);
        (int status, string body) = await asked;

        Assert.Equal(200, beside);
        if (status == 200)
        {
            Assert.True(mayAnswer, what + ": " + body[..Math.Min(body.Length, 300)]);
            return;
        }
        Assert.Equal(400, status);
        Assert.InRange(JsonDocument.Parse(body).RootElement.GetProperty("error").GetProperty("message").GetString()!.Length, 20, 600);
    }

    [Fact]
    public async Task Many_schemas_at_once_are_all_answered()
    {
        await using TestServer server = await TestServer.StartAsync(new ScriptedModel("x", slots: 8) { Endless = true }.Engine());
        (int Status, JsonElement Body)[] answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => server.PostAsync(
            Path, $$"""{ {{Hello}}, {{Schema(Range(i))}} }""")));

        for (int i = 0; i < answers.Length; i++)
        {
            JsonElement answer = JsonDocument.Parse(answers[i].Body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!).RootElement;
            Assert.InRange(answer.GetProperty($"k{i}").GetInt32(), i + 1, i + 5);
        }
    }

    private static string Range(int i) =>
        $$"""{"type":"object","properties":{"k{{i}}":{"type":"integer","minimum":{{i + 1}},"maximum":{{i + 5}} } },"required":["k{{i}}"],"additionalProperties":false}""";

    private static string Schema(string schema) => $$""" "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {{schema}} } } """;

    private static string Pattern(string pattern) => $$""" "structured_outputs": {"regex": "{{pattern}}"} """;

    private static string Grammar(string rules) => $$""" "structured_outputs": {"grammar": "{{rules}}"} """;

    private static async Task<(int Status, string Body)> PostAsync(HttpClient client, string json, CancellationToken ct)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(Path, content, ct);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(ct));
    }
}
