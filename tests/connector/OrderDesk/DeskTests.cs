using MhcPipeline.Client.Contract;
using MhcPipeline.Connector.Plugins;
using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Connector.Tests.Fakes;
using Microsoft.SemanticKernel;
using OrderDesk;
using Xunit;

namespace MhcPipeline.Connector.Tests.OrderDesk;

public sealed class DeskTests
{
    private static Kernel KernelWith(ServedModel served)
    {
        var builder = Kernel.CreateBuilder().AddMhcChatCompletion(served.Engine);
        builder.Plugins.AddFromType<BusinessDocumentsPlugin>(Desk.PluginName);
        return builder.Build();
    }

    [Fact]
    public async Task A_model_that_fails_stops_the_desk()
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, _ => "x", beforeStep: () => throw new InvalidOperationException("broke"));
        await Assert.ThrowsAsync<MhcServiceException>(() => new Desk(KernelWith(served)).ReadAsync("a.txt", "Order 1"));
    }

    [Theory]
    [InlineData("invoice", "When is it due?")]
    [InlineData("order", "How many pieces?")]
    public async Task Each_kind_has_its_own_question(string label, string question)
    {
        await using ServedModel served = await ServedModel.StartAsync(overHttp: false, prompt => prompt.Contains("JSON") ? "{}" : label);
        var entry = await new Desk(KernelWith(served)).ReadAsync("a.txt", "text");
        Assert.Equal(question, entry.Question);
    }
}
