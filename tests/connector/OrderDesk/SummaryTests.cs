using System.Text.Json.Nodes;
using OrderDesk;
using Xunit;

namespace MhcPipeline.Connector.Tests.OrderDesk;

public sealed class SummaryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orderdesk").FullName;

    private static readonly DeskEntry _entry = new(
        "a.txt", "order", new JsonObject { ["order"] = "A-1", ["customer"] = "Bär, \"Ltd\"", ["total"] = 2.50m }, [], new Dictionary<string, string> { ["total"] = "why" }, TimeSpan.FromSeconds(1));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void CSV_has_a_column_for_each_field_and_quotes_what_needs_it() => Assert.Equal(
        "file,label,order,invoice,customer,product,quantity,date,due,total,doubts\r\n" +
        "a.txt,order,A-1,,\"Bär, \"\"Ltd\"\"\",,,,,2.50,total: why\r\n",
        Summary.Csv([_entry]));

    [Fact]
    public void JSON_keeps_the_fields_as_they_came()
    {
        var entry = JsonNode.Parse(Summary.Json([_entry]))!.AsArray();
        Assert.Equal("Bär, \"Ltd\"", (string?)entry[0]!["fields"]!["customer"]);
        Assert.Equal(2.5m, (decimal)entry[0]!["fields"]!["total"]!);
        Assert.Equal("why", (string?)entry[0]!["doubts"]!["total"]);
    }

    [Fact]
    public async Task Accuracy_counts_labels_and_fields_and_what_nobody_doubted()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, Accuracy.FileName), """{"a.txt":{"label":"order","order":"A-1","customer":"Bär","total":3.00},"b.txt":{"label":"invoice"}}""");
        Assert.Equal(new Accuracy(Right: 2, All: 4, Unnoticed: 1), Accuracy.Of(_folder, [_entry]));
    }

    [Fact]
    public void Where_nothing_is_expected_there_is_no_accuracy() => Assert.Null(Accuracy.Of(_folder, [_entry]));
}
