using MhcPipeline.Connector.Chat;
using MhcPipeline.Connector.Plugins;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using MhcPipeline.Engine.Contract;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using OrderDesk;
using Xunit;

namespace MhcPipeline.Connector.Tests.OrderDesk;

public sealed class DeskTests
{
    private static Kernel KernelWith(FakeGenerator model)
    {
        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IChatCompletionService>(new MhcChatCompletionService(new MhcChatClient(model)));
        builder.Plugins.AddFromType<BusinessDocumentsPlugin>(Desk.PluginName);
        return builder.Build();
    }

    [Fact]
    public async Task Wrong_answers_are_the_entrys_problem()
    {
        var entry = await new Desk(KernelWith(new FakeGenerator("hm"))).ReadAsync("a.txt", "Order 1");
        Assert.Null(entry.Label);
        Assert.Empty(entry.Fields);
        Assert.Equal("hm", entry.Answer);
        Assert.Contains("not valid JSON", entry.Problem);
        Assert.Contains("order, invoice", entry.Problem);
    }

    [Fact]
    public async Task A_model_that_fails_stops_the_desk() =>
        await Assert.ThrowsAsync<MhcServiceException>(() => new Desk(KernelWith(new FakeGenerator { Refusal = new EngineBusyException(1) })).ReadAsync("a.txt", "Order 1"));

    [Theory]
    [InlineData("invoice", "When is it due?")]
    [InlineData("order", "How many pieces?")]
    public async Task Each_kind_has_its_own_question(string label, string question)
    {
        var entry = await new Desk(KernelWith(new FakeGenerator(label))).ReadAsync("a.txt", "text");
        Assert.Equal(question, entry.Question);
    }

    [Fact]
    public async Task A_given_question_is_asked_of_every_document()
    {
        FakeGenerator model = new("invoice");
        await new Desk(KernelWith(model), "What is the total?").ReadAsync("a.txt", "text");
        Assert.EndsWith("\n\nWhat is the total?", model.Turns[^1].Content);
    }
}
