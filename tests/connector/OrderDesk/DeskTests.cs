using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.Documents;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Text;
using OrderDesk;
using Xunit;

namespace MhcPipeline.Connector.Tests.OrderDesk;

public sealed class DeskTests
{
    private const string Document = "Order A-1\nCustomer: Ada Ltd\nItem: Tavrik chair\nQuantity: 2\nDate: 1 May 2024\nTotal: 238.00 EUR";

    private static string Order(string product = "Tavrik chair", int quantity = 2, string total = "238.00", string customer = "Ada Ltd") =>
        $$"""{"order":"A-1","customer":"{{customer}}","product":"{{product}}","quantity":{{quantity}},"date":"1 May 2024","total":{{total}}}""";

    private static async Task<DeskEntry> ReadAsync(string label, string json, DeskStore? store = null)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, prompt => prompt.Contains("JSON") ? json : label);
        using DeskStore own = new(":memory:");
        return await new Desk(new DocumentReader(served.Client), store ?? own).ReadAsync("a.txt", Document);
    }

    [Fact]
    public async Task An_order_that_agrees_with_document_and_catalogue_is_not_doubted()
    {
        DeskEntry entry = await ReadAsync("order", Order());
        Assert.Equal(("order", Order()), (entry.Label, entry.Record.ToJsonString()));
        Assert.Empty(entry.Doubts);
        Assert.True(entry.Time > TimeSpan.Zero);
    }

    [Theory]
    [InlineData("Tavrik chair", 2, "238.00", "Eve Ltd", "customer", "not in the document")]
    [InlineData("Ada Ltd", 2, "238.00", "Ada Ltd", "product", "not in the catalogue")]
    [InlineData("Tavrik chair", 1, "238.00", "Ada Ltd", "total", "1 at 119.00 would be 119.00")]
    public async Task What_disagrees_is_doubted(string product, int quantity, string total, string customer, string field, string why) =>
        Assert.Equal(why, (await ReadAsync("order", Order(product, quantity, total, customer))).Doubts[field]);

    [Fact]
    public async Task A_text_has_a_limit_and_a_document_without_a_record_waits_as_a_whole()
    {
        using DeskStore store = new(":memory:");
        DeskEntry entry = await ReadAsync("refund", """{"order":"A-1","customer":"Ada Ltd","product":"x","date":""" + "\"" + new string('1', 3000), store);
        Assert.True(entry.Record.Count == 4); // texts have a limit: this one ends
        store.Record(entry with { Record = [], Doubts = new Dictionary<string, string> { ["document"] = "cut" } }, Document);
        Assert.Equal(("document", "", "cut"), Assert.Single(store.Waiting()) is var waiting ? (waiting.Name, waiting.Value, waiting.Reason) : default);
    }

    [Fact]
    public async Task Each_kind_has_its_own_record()
    {
        Assert.Equal(["invoice", "customer", "date", "due", "total"], (await ReadAsync("invoice", """{"invoice":"A-1","customer":"Ada Ltd","date":"1 May 2024","due":"1 May 2024","total":2}""")).Record.Select(field => field.Key));
        Assert.Equal(["order", "customer", "product", "date"], (await ReadAsync("refund", """{"order":"A-1","customer":"Ada Ltd","product":"x","date":"1 May 2024"}""")).Record.Select(field => field.Key));
    }

    [Fact]
    public async Task Doubtful_values_wait_until_a_person_decides()
    {
        using DeskStore store = new(":memory:");
        store.Record(await ReadAsync("order", Order(customer: "Eve Ltd"), store), Document);
        Waiting waiting = Assert.Single(store.Waiting());
        Assert.Equal(("a.txt", Document, "customer", "Eve Ltd", "not in the document"), (waiting.File, waiting.Text, waiting.Name, waiting.Value, waiting.Reason));
        Assert.Equal(("A-1", "sure"), store.Field("a.txt", "order"));

        Assert.True(store.Decide(waiting.Id, "Ada Ltd"));
        Assert.Equal(("Ada Ltd", "corrected"), store.Field("a.txt", "customer"));
        Assert.Empty(store.Waiting());
        Assert.False(store.Decide(waiting.Id, "Bob Ltd"));
    }

    [Fact]
    public async Task Reading_a_file_again_takes_the_place_of_its_record()
    {
        using DeskStore store = new(":memory:");
        store.Record(await ReadAsync("order", Order(customer: "Eve Ltd"), store), Document);
        store.Record(await ReadAsync("order", Order(), store), Document);
        Assert.Empty(store.Waiting());
        Assert.Equal(("Ada Ltd", "sure"), store.Field("a.txt", "customer"));
    }

    [Fact]
    public async Task A_page_shows_what_waits_and_takes_a_persons_word()
    {
        using DeskStore store = new(":memory:");
        store.Record(await ReadAsync("order", Order(customer: "<Eve>"), store), Document);
        await using ReviewPage page = await ReviewPage.StartAsync(store, port: 0);
        using HttpClient http = new() { BaseAddress = new Uri(page.Address) };
        string html = await http.GetStringAsync("/");
        Assert.Contains("1 values wait", html);
        Assert.Contains("&lt;Eve&gt;", html);

        string id = store.Waiting()[0].Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using FormUrlEncodedContent foreign = new([new("id", id), new("value", "Mallory")]);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, (await http.PostAsync("/", foreign)).StatusCode);
        using FormUrlEncodedContent own = new([new("id", id), new("value", " Ada Ltd "), new("word", html.Split("name=\"word\" value=\"")[1].Split('"')[0])]);
        Assert.Contains("0 values wait", await (await http.PostAsync("/", own)).Content.ReadAsStringAsync());
        Assert.Equal(("Ada Ltd", "corrected"), store.Field("a.txt", "customer"));
    }

    [Fact]
    public async Task A_model_that_fails_stops_the_desk()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, _ => "x", beforeStep: () => throw new InvalidOperationException("broke"));
        using DeskStore store = new(":memory:");
        await Assert.ThrowsAsync<MhcServiceException>(() => new Desk(new DocumentReader(served.Client), store).ReadAsync("a.txt", "Order 1"));
    }

    public static TheoryData<bool> Clerks => [true, false];

    [Theory]
    [MemberData(nameof(Clerks))]
    public async Task Semantic_Kernel_and_Agent_Framework_do_the_same(bool semanticKernel)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: true, prompt =>
            prompt.Contains("<|im_start|>tool\n") ? $"{prompt.Split("<|im_start|>tool\n")[1].Split('<')[0]} are in stock."
            : prompt.Contains("in stock?") ? ToolText.Call("", [("desk_stock", """{"product":"Tavrik chair"}""")])
            : Order());
        using DeskStore store = new(":memory:");
        (Extraction<OrderRecord> order, string answer) = semanticKernel
            ? await SemanticKernelClerk.HandleAsync(served.Client, store, Document)
            : await AgentFrameworkClerk.HandleAsync(served.Client, store, Document);
        Assert.Equal(("Tavrik chair", 2, "40 are in stock."), (order.Value.Product, order.Value.Quantity, answer));
    }
}
