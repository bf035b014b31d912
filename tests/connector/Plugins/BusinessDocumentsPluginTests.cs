using System.Text.Json.Nodes;
using MhcPipeline.Connector.Plugins;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Core.Corpus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace MhcPipeline.Connector.Tests.Plugins;

public sealed class BusinessDocumentsPluginTests
{
    private const string Document = "Order 4711\nCustomer: Ada Ltd\n";

    private static (Kernel Kernel, FakeGenerator Model) KernelThatAnswers(string answer, string? serviceId = null)
    {
        FakeGenerator model = new(answer);
        var builder = Kernel.CreateBuilder();
        builder.Services.AddKeyedSingleton<IChatCompletionService>(serviceId, new MhcChatCompletionService(new MhcChatClient(model)));
        builder.Plugins.AddFromObject(new BusinessDocumentsPlugin(serviceId), "documents");
        return (builder.Build(), model);
    }

    [Fact]
    public async Task Fields_come_as_JSON_and_the_model_is_asked_in_its_training_words()
    {
        var (kernel, model) = KernelThatAnswers(""" {"order":"4711","quantity":3} """);
        var fields = await kernel.InvokeAsync<JsonObject>("documents", "extract_fields", new() { ["document"] = Document });
        Assert.Equal(("4711", 3), ((string?)fields!["order"], (int)fields["quantity"]!));
        Assert.Equal(CorpusInstructions.Ask(Document, CorpusInstructions.Extract), Assert.Single(model.Turns).Content);
        Assert.Equal(0, model.Request!.Sampling.Temperature);
    }

    [Theory]
    [InlineData("I do not know")]
    [InlineData("[1, 2]")]
    [InlineData("""{"order":"4711""")]
    [InlineData("""{"order":"1","order":"2"}""")]
    [InlineData("null")]
    [InlineData("")]
    public async Task An_answer_that_is_no_JSON_object_is_shown(string answer)
    {
        var (kernel, _) = KernelThatAnswers(answer);
        var error = await Assert.ThrowsAsync<UnusableAnswerException>(() => kernel.InvokeAsync("documents", "extract_fields", new() { ["document"] = Document }));
        Assert.Equal(answer, error.Answer);
        Assert.Contains(answer.Length == 0 ? "(nothing)" : answer, error.Message);
    }

    [Fact]
    public async Task A_question_is_answered_in_the_words_of_the_document()
    {
        var (kernel, model) = KernelThatAnswers(" Ada Ltd\n");
        var answer = await kernel.InvokeAsync<string>("documents", "answer_question", new() { ["document"] = Document, ["question"] = "Who is the customer?" });
        Assert.Equal("Ada Ltd", answer);
        Assert.Equal(CorpusInstructions.Ask(Document, "Who is the customer?"), Assert.Single(model.Turns).Content);
    }

    [Fact]
    public async Task A_document_gets_one_of_the_labels()
    {
        var (kernel, model) = KernelThatAnswers("Refund");
        Assert.Equal("refund", await kernel.InvokeAsync<string>("documents", "classify_document", new() { ["document"] = Document }));
        Assert.EndsWith(CorpusInstructions.Classify, Assert.Single(model.Turns).Content);
    }

    [Fact]
    public async Task An_unknown_label_is_an_error()
    {
        var (kernel, _) = KernelThatAnswers("poem");
        Assert.Contains("poem", (await Assert.ThrowsAsync<UnusableAnswerException>(() => kernel.InvokeAsync("documents", "classify_document", new() { ["document"] = Document }))).Message);
    }

    [Fact]
    public async Task The_chosen_service_answers()
    {
        var (kernel, model) = KernelThatAnswers("order", serviceId: "docs");
        Assert.Equal("order", await kernel.InvokeAsync<string>("documents", "classify_document", new() { ["document"] = Document }));
        Assert.NotNull(model.Request);
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
