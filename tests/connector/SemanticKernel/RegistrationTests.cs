using MhcPipeline.Connector.SemanticKernel;
using MhcPipeline.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using Microsoft.SemanticKernel.TextGeneration;
using Xunit;

namespace MhcPipeline.Connector.Tests.SemanticKernel;

public sealed class RegistrationTests
{
    private static readonly Uri _endpoint = new("http://127.0.0.1:1");

    [Theory]
    [InlineData(null)]
    [InlineData("docs")]
    public void Chat_and_text_are_one_instance_with_and_without_a_key(string? serviceId)
    {
        var kernel = Kernel.CreateBuilder().AddMhcChatCompletion(_endpoint, "m", serviceId: serviceId).Build();
        var chat = kernel.GetRequiredService<IChatCompletionService>(serviceId);
        Assert.Same(chat, kernel.GetRequiredService<ITextGenerationService>(serviceId));
        Assert.Same(chat, kernel.GetRequiredService<IChatCompletionService>());
        Assert.Equal("m", chat.GetModelId());
    }

    [Fact]
    public void Two_models_live_side_by_side()
    {
        var kernel = Kernel.CreateBuilder().AddMhcChatCompletion(_endpoint, "a", serviceId: "1").AddMhcChatCompletion(_endpoint, "b", serviceId: "2").Build();
        Assert.Equal("a", kernel.GetRequiredService<IChatCompletionService>("1").GetModelId());
        Assert.Equal("b", kernel.GetRequiredService<IChatCompletionService>("2").GetModelId());
    }

    [Fact]
    public async Task The_hosts_container_resolves_and_disposes_it()
    {
        var provider = new ServiceCollection().AddMhcChatCompletion(_endpoint, "m").BuildServiceProvider();
        Assert.IsType<MhcChatCompletionService>(provider.GetRequiredService<IChatCompletionService>());
        await provider.DisposeAsync();
    }

    [Fact]
    public void A_run_that_is_missing_is_named_when_it_is_first_used()
    {
        var kernel = Kernel.CreateBuilder().AddMhcChatCompletion("runs/no-such-run").Build();
        Assert.Contains("runs/no-such-run", Assert.Throws<PipelineException>(() => kernel.GetRequiredService<IChatCompletionService>()).Message);
    }
}
