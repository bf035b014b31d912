using System.Text.Json.Nodes;
using MhcPipeline.Connector.Documents;
using Xunit;

namespace MhcPipeline.Connector.Tests.Documents;

public sealed class DocumentTextTests
{
    private static readonly DocumentText _document = new("Order no.: PO58213\nCustomer:  Ada\n Ltd. 3 March 2025, 08.01.2025, 1/2/2024\nTotal: 1.234,50 EUR, 12 pieces at 102.88; -5 %; 2 500 in stock");

    [Theory]
    [InlineData("\"PO58213\"", true)]
    [InlineData("\"ada ltd.\"", true)] // any case, any white space
    [InlineData("\"58213\"", false)] // inside another word
    [InlineData("\"Eve\"", false)]
    [InlineData("\"2025-03-03\"", true)]
    [InlineData("\"2025-01-08\"", true)]
    [InlineData("\"2025-03-04\"", false)]
    [InlineData("12", true)]
    [InlineData("1234.50", true)]
    [InlineData("1234.5", true)]
    [InlineData("102.88", true)]
    [InlineData("2500", true)]
    [InlineData("-5", true)]
    [InlineData("28", false)] // inside another number
    [InlineData("7", false)]
    [InlineData("1e400", false)] // no number of ours
    [InlineData("\"\"", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    public void A_value_stands_in_it_or_not(string value, bool? stands) => Assert.Equal(stands, _document.Contains(JsonNode.Parse(value)));
}
