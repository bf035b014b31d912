using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MhcPipeline.Fixtures;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Http;

/// <summary>docs/api.md against the server: every field that it accepts and refuses is sent, and it leaves none out.</summary>
public sealed partial class ApiDocumentTests
{
    private static readonly string _document = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "api.md"));

    public static TheoryData<string> Endpoints => [.. Sections().Keys];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Every_field_is_accepted_and_refused_as_written(string path)
    {
        await using TestServer server = await TestServer.StartAsync("x");
        (string body, List<Row> rows) = Sections()[path];
        List<string> wrong = [];
        foreach (Row row in rows)
        {
            foreach ((string fields, int status) in row.Sent)
            {
                (int got, string answer) = await PostAsync(server.Client, path, With(body, fields));
                if (got != status || (got >= 400 && !JsonDocument.Parse(answer).RootElement.TryGetProperty("error", out _)))
                    wrong.Add($"{fields} gave {got}, not {status}: {answer}");
            }
        }
        Assert.Equal([], wrong);
        Assert.True(rows.Sum(row => row.Sent.Count) > 4, "the table was not read");
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task No_field_is_left_out(string path)
    {
        await using TestServer server = await TestServer.StartAsync("x");
        JsonNode description = JsonNode.Parse(await server.Client.GetStringAsync("/openapi/v1.json"))!;
        JsonNode schema = description["paths"]![path]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!;
        string[] documented = [.. Sections()[path].Rows.SelectMany(row => row.Fields)];
        bool ofChat = path == "/v1/tokenize"; // its conversation's fields stand there

        string[] fields = [.. Fields(description, schema, "").Where(field => !(ofChat && field.Contains("[]", StringComparison.Ordinal)))];
        Assert.NotEmpty(fields);
        Assert.Equal([], fields.Except(documented));
    }

    /// <summary>Names of all fields below a schema, as <c>tools[].function.name</c>.</summary>
    private static IEnumerable<string> Fields(JsonNode description, JsonNode schema, string above)
    {
        if (schema["$ref"] is { } reference)
            schema = reference.GetValue<string>()["#/".Length..].Split('/').Aggregate(description, (node, step) => node[step]!);
        if (schema["oneOf"] is JsonArray forms && forms.FirstOrDefault(form => form!["$ref"] is not null) is { } form)
            return Fields(description, form, above);
        if (schema["items"] is { } items)
            return Fields(description, items, above + "[]");
        return (schema["properties"] as JsonObject ?? []).SelectMany(property =>
        {
            string name = above.Length == 0 ? property.Key : $"{above}.{property.Key}";
            return Fields(description, property.Value!, name).Prepend(name);
        });
    }

    private static async Task<(int Status, string Body)> PostAsync(HttpClient client, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(path, content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string With(string body, string fields)
    {
        JsonObject whole = JsonNode.Parse(body)!.AsObject();
        foreach ((string name, JsonNode? value) in JsonNode.Parse("{" + fields + "}")!.AsObject())
            whole[name] = value?.DeepClone();
        return whole.ToJsonString();
    }

    private static Dictionary<string, (string Body, List<Row> Rows)> Sections() =>
        Section().Matches(_document).ToDictionary(section => section.Groups["path"].Value, section => (
            section.Groups["body"].Value,
            section.Groups["rest"].Value.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(Row.Read).ToList()));

    [GeneratedRegex(@"^## POST (?<path>\S+)\nBody: `(?<body>[^`]+)`\n(?<rest>(?s:.*?))(?=^## |\z)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Section();

    [GeneratedRegex(@"`(?<fields>[^`]+)`( \((?<status>\d+)\))?", RegexOptions.ExplicitCapture)]
    private static partial Regex Sending();

    private sealed record Row(IReadOnlyList<string> Fields, IReadOnlyList<(string Fields, int Status)> Sent)
    {
        public static Row Read(string line)
        {
            string[] cells = [.. line.Replace("\\|", "\u0001", StringComparison.Ordinal).Split('|').Select(cell => cell.Replace('\u0001', '|'))];
            return new Row(
                [.. Sending().Matches(cells[1]).Select(name => name.Groups["fields"].Value)],
                [.. Sending().Matches(cells[3]).Select(sent => (sent.Groups["fields"].Value, 200)),
                 .. Sending().Matches(cells[4]).Select(sent => (sent.Groups["fields"].Value, sent.Groups["status"] is { Success: true } status ? int.Parse(status.Value, System.Globalization.CultureInfo.InvariantCulture) : 400))]);
        }
    }
}
