using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.Documents;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Corpus;
using Xunit;

namespace MhcPipeline.Connector.Tests.Documents;

public sealed class DocumentReaderTests
{
    private const string Document = "Order 4711\nCustomer: Ada Ltd\nQuantity: 12\nTotal: 1,234.50 EUR\nDate: 08.01.2025";

    public sealed record Order(string Number, string Customer, int Quantity, decimal Total, bool Paid);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_type_is_filled_and_each_value_has_what_speaks_for_it(bool overHttp)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp, """{"number":"4711","customer":"Eve Ltd","quantity":12,"total":1234.50,"paid":true}""");
        Extraction<Order> read = await new DocumentReader(served.Client).ExtractAsync<Order>(Document);
        Assert.Equal(new Order("4711", "Eve Ltd", 12, 1234.50m, true), read.Value);
        Assert.Equal(
            [("/number", true), ("/customer", false), ("/quantity", true), ("/total", true), ("/paid", null)],
            read.Fields.Select(field => (field.Path, field.InDocument)));
        Assert.All(read.Fields, field => Assert.InRange(field.Probability!.Value, 0.5, 1));
        Assert.Equal("/customer", Assert.Single(read.Doubtful()).Path);
        Assert.Equal(CorpusInstructions.Ask(Document, CorpusInstructions.Extract), Assert.Single(served.Prompts).Split("user\n")[1].Split("<|im_end|>")[0]);
    }

    public sealed record Numbers(int Count, byte Small, long? Big, decimal Money, double Share, DateOnly Day, Guid Id, char Letter);

    [Theory]
    [InlineData("99999999999999999999999999999999999999999999")]
    [InlineData("-9e9")]
    [InlineData("x")]
    public async Task Whatever_the_model_would_rather_say_a_type_can_be_read(string wanted)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, string.Concat(Enumerable.Repeat(wanted, 10)));
        Assert.NotNull((await new DocumentReader(served.Client).ExtractAsync<Numbers>(Document)).Value);
    }

    [Fact]
    public async Task A_value_that_the_grammar_forced_on_the_model_is_improbable()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "I do not know, sorry.");
        JsonElement schema = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"kind":{"enum":["order","invoice"]}},"required":["kind"],"additionalProperties":false}""");
        Extraction<JsonObject> read = await new DocumentReader(served.Client).ExtractAsync(Document, schema);
        ExtractedField kind = Assert.Single(read.Fields);
        Assert.Contains((string)kind.Value!, (string[])["order", "invoice"]);
        Assert.InRange(kind.Probability!.Value, 0, 0.01);
        Assert.True(kind.IsDoubtful());
    }

    [Theory]
    [InlineData("I do not know")]
    [InlineData("[1, 2]")]
    [InlineData("""{"order":"4711" and so on""")]
    [InlineData("")]
    public async Task Whatever_the_model_would_rather_say_the_answer_parses(string wanted)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, wanted);
        Extraction<JsonObject> read = await new DocumentReader(served.Client).ExtractAsync(Document);
        Assert.All(read.Value, field => Assert.Contains(field.Key, CorpusInstructions.Fields));
    }

    [Fact]
    public async Task The_fields_that_the_default_model_knows_are_read_in_their_order_each_of_them_optional()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, """{"order":"4711","quantity":12,"total":1234.50}""");
        Extraction<JsonObject> read = await new DocumentReader(served.Client).ExtractAsync(Document);
        Assert.Equal("""{"order":"4711","quantity":12,"total":1234.50}""", read.Value.ToJsonString());
        Assert.Equal(CorpusInstructions.Fields, DocumentReader.DefaultSchema.GetProperty("properties").EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task An_answer_that_has_no_end_is_shown()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "{\"a\":\"" + new string('x', 3000));
        JsonElement schema = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"a":{"type":"string"}}}""");
        var error = await Assert.ThrowsAsync<UnusableAnswerException>(() => new DocumentReader(served.Client).ExtractAsync(Document, schema));
        Assert.Contains("cut after 1024 tokens", error.Message);
        Assert.StartsWith("{\"a\":\"xxx", error.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_breaks_what_could_only_be_checked_is_shown()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, """{"a":[1,1]}""");
        JsonElement schema = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"},"uniqueItems":true}}}""");
        var error = await Assert.ThrowsAsync<UnusableAnswerException>(() => new DocumentReader(served.Client).ExtractAsync(Document, schema));
        Assert.Contains("uniqueItems", error.Message);
    }

    [Fact]
    public async Task A_schema_that_is_none_is_refused()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "x");
        var error = await Assert.ThrowsAsync<MhcServiceException>(() => new DocumentReader(served.Client).ExtractAsync(Document, JsonSerializer.SerializeToElement(new { type = "nothing" })));
        Assert.Equal(HttpStatusCode.BadRequest, error.StatusCode);
    }

    [Theory]
    [InlineData("refund, of course", "refund")]
    [InlineData("a poem", null)]
    public async Task A_document_gets_one_of_the_labels_whatever_the_model_would_rather_say(string wanted, string? label)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, wanted);
        string given = await new DocumentReader(served.Client).ClassifyAsync(Document);
        Assert.Contains(given, CorpusInstructions.Labels);
        if (label is not null) Assert.Equal(label, given);
        Assert.EndsWith(CorpusInstructions.Classify, Assert.Single(served.Prompts).Split("<|im_end|>")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_labels_may_be_the_callers()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: true, "urgent");
        Assert.Equal("urgent", await new DocumentReader(served.Client).ClassifyAsync(Document, ["calm", "urgent"]));
    }

    [Fact]
    public async Task A_question_is_answered_in_the_words_of_the_document()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, " Ada Ltd\n");
        Assert.Equal("Ada Ltd", await new DocumentReader(served.Client).AnswerAsync(Document, "Who is the customer?"));
    }
}
