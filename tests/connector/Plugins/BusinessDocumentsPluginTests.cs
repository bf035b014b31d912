using System.Text.Json.Nodes;
using MhcPipeline.Connector.Documents;
using MhcPipeline.Connector.Plugins;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace MhcPipeline.Connector.Tests.Plugins;

public sealed class BusinessDocumentsPluginTests
{
    private const string Document = "Order 4711\nCustomer: Ada Ltd\n";

    private static Kernel KernelOf(ServedModel served, string? serviceId = null)
    {
        var builder = Kernel.CreateBuilder().AddMhcChatCompletion(served.Engine, serviceId);
        builder.Plugins.AddFromObject(new BusinessDocumentsPlugin(serviceId), "documents");
        return builder.Build();
    }

    [Fact]
    public async Task Fields_come_with_what_speaks_for_each()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, """{"order":"4711","customer":"Eve"}""");
        var read = await KernelOf(served).InvokeAsync<Extraction<JsonObject>>("documents", "extract_fields", new() { ["document"] = Document });
        Assert.Equal("4711", (string?)read!.Value["order"]);
        Assert.Equal([("/order", true), ("/customer", false)], read.Fields.Select(field => (field.Path, field.InDocument)));
    }

    [Fact]
    public async Task A_schema_is_kept_to()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, """{"who":"Ada Ltd"}""");
        var read = await KernelOf(served).InvokeAsync<Extraction<JsonObject>>("documents", "extract_fields", new()
        {
            ["document"] = Document,
            ["schema"] = """{"type":"object","properties":{"who":{"type":"string"}},"required":["who"],"additionalProperties":false}""",
        });
        Assert.Equal("""{"who":"Ada Ltd"}""", read!.Value.ToJsonString());
    }

    [Fact]
    public async Task A_schema_that_is_not_JSON_is_refused()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "{}");
        await Assert.ThrowsAsync<ArgumentException>(() => KernelOf(served).InvokeAsync("documents", "extract_fields", new() { ["document"] = Document, ["schema"] = "{" }));
    }

    public sealed record Order(string Number);

    [Fact]
    public async Task A_type_is_filled()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, """{"number":"4711"}""");
        Assert.Equal(new Order("4711"), (await new BusinessDocumentsPlugin().ExtractAsync<Order>(KernelOf(served), Document)).Value);
    }

    [Fact]
    public async Task A_question_is_answered_and_a_document_gets_a_label()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, prompt => prompt.Contains("Classify") ? "order" : prompt.Contains("customer?") ? "Ada Ltd" : "late");
        Kernel kernel = KernelOf(served);
        Assert.Equal("Ada Ltd", await kernel.InvokeAsync<string>("documents", "answer_question", new() { ["document"] = Document, ["question"] = "Who is the customer?" }));
        Assert.Equal("order", await kernel.InvokeAsync<string>("documents", "classify_document", new() { ["document"] = Document }));
        Assert.Contains(await kernel.InvokeAsync<string>("documents", "classify_document", new() { ["document"] = Document, ["labels"] = "late, early" }), (string[])["late", "early"]);
    }

    [Fact]
    public async Task The_chosen_service_answers()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "order");
        Assert.Equal("order", await KernelOf(served, serviceId: "docs").InvokeAsync<string>("documents", "classify_document", new() { ["document"] = Document }));
    }

    [Fact]
    public async Task A_chat_service_alone_will_do()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, "order");
        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton(served.Client.AsChatCompletionService());
        builder.Plugins.AddFromType<BusinessDocumentsPlugin>("documents");
        Assert.Equal("order", await builder.Build().InvokeAsync<string>("documents", "classify_document", new() { ["document"] = Document }));
    }

    [Fact]
    public void Every_function_and_parameter_is_described()
    {
        var plugin = KernelPluginFactory.CreateFromType<BusinessDocumentsPlugin>("documents");
        Assert.NotEmpty(plugin.Description);
        Assert.Equal(["answer_question", "classify_document", "extract_fields"], plugin.Select(function => function.Name).Order());
        Assert.All(plugin, function =>
        {
            Assert.NotEmpty(function.Description);
            Assert.NotEmpty(function.Metadata.ReturnParameter.Description);
            Assert.Contains("document", function.Metadata.Parameters.Select(parameter => parameter.Name));
            Assert.All(function.Metadata.Parameters, parameter => Assert.NotEmpty(parameter.Description));
        });
    }
}
