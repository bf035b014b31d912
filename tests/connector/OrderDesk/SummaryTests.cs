using System.Text.Json.Nodes;
using OrderDesk;
using Xunit;

namespace MhcPipeline.Connector.Tests.OrderDesk;

public sealed class SummaryTests
{
    private static readonly DeskEntry _entry = new(
        "a.txt", "order", new JsonObject { ["order"] = "A-1", ["customer"] = "Bär, \"Ltd\"", ["total"] = 2.50m }, "How many?", "3\n4", Problem: null);

    [Fact]
    public void CSV_has_a_column_for_each_field_and_quotes_what_needs_it() => Assert.Equal(
        "file,label,order,invoice,customer,product,quantity,date,due,total,question,answer,problem\r\n" +
        "a.txt,order,A-1,,\"Bär, \"\"Ltd\"\"\",,,,,2.50,How many?,\"3\n4\",\r\n",
        Summary.Csv([_entry]));

    [Fact]
    public void JSON_keeps_the_fields_as_they_came()
    {
        var entry = JsonNode.Parse(Summary.Json([_entry, _entry with { Label = null, Problem = "why" }]))!.AsArray();
        Assert.Equal("Bär, \"Ltd\"", (string?)entry[0]!["fields"]!["customer"]);
        Assert.Equal(2.5m, (decimal)entry[0]!["fields"]!["total"]!);
        Assert.Equal("why", (string?)entry[1]!["problem"]);
    }
}
