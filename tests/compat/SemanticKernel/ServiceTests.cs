using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using Xunit;

namespace MhcPipeline.Compat.Tests.SemanticKernel;

public sealed class ServiceTests
{
    private static readonly KernelFunction _any = KernelFunctionFactory.CreateFromMethod(() => 1, "Any");

    private static Kernel KernelWith(params string[] keys)
    {
        var builder = Kernel.CreateBuilder();
        foreach (var key in keys) builder.Services.AddKeyedSingleton<IChatCompletionService>(key is "" ? null : key, new EchoService("model-" + key));
        return builder.Build();
    }

    [Fact]
    public void A_service_without_a_key_is_found() => Assert.Equal("model-", KernelWith("").GetRequiredService<IChatCompletionService>().GetModelId());

    [Fact]
    public void A_service_with_a_key_is_found_by_it_and_without_it()
    {
        var kernel = KernelWith("a", "b");
        Assert.Equal("model-a", kernel.GetRequiredService<IChatCompletionService>("a").GetModelId());
        Assert.Equal("model-b", kernel.GetRequiredService<IChatCompletionService>().GetModelId());
        Assert.Equal(2, kernel.GetAllServices<IChatCompletionService>().Count());
    }

    [Fact]
    public void A_missing_service_is_named()
    {
        Assert.Contains(nameof(IChatCompletionService), Assert.Throws<KernelException>(() => KernelWith().GetRequiredService<IChatCompletionService>()).Message);
        Assert.Contains("'x'", Assert.Throws<KernelException>(() => KernelWith("a").GetRequiredService<IChatCompletionService>("x")).Message);
    }

    [Theory]
    [InlineData("a", null, "model-a")]
    [InlineData(null, "model-a", "model-a")]
    [InlineData(null, null, "model-b")]
    public void Settings_choose_the_service(string? serviceId, string? modelId, string expected)
    {
        var kernel = KernelWith("a", "b");
        PromptExecutionSettings settings = new() { ServiceId = serviceId, ModelId = modelId };
        Assert.True(kernel.ServiceSelector.TrySelectAIService<IChatCompletionService>(kernel, _any, new(settings), out var service, out var chosen));
        Assert.Equal(expected, service.GetModelId());
        Assert.Same(settings, chosen);
    }

    [Fact]
    public void Settings_for_an_unknown_service_choose_none()
    {
        var kernel = KernelWith("a");
        Assert.False(kernel.ServiceSelector.TrySelectAIService<IChatCompletionService>(kernel, _any, new(new PromptExecutionSettings { ServiceId = "z" }), out _, out _));
    }

    [Fact]
    public void A_kernel_of_the_hosts_container_has_its_plugins_and_cannot_be_built_apart()
    {
        ServiceCollection services = new();
        var builder = services.AddKernel();
        builder.Plugins.AddFromType<OrderPlugin>("Orders");
        Assert.Throws<InvalidOperationException>(() => builder.Build());

        using var provider = services.BuildServiceProvider();
        var first = provider.GetRequiredService<Kernel>();
        first.Plugins.Clear();
        Assert.True(provider.GetRequiredService<Kernel>().Plugins.Contains("Orders"));
    }

    [Fact]
    public void A_clone_has_plugins_of_its_own()
    {
        Kernel kernel = new();
        kernel.ImportPluginFromType<OrderPlugin>("Orders");
        var clone = kernel.Clone();
        clone.Plugins.Clear();
        clone.Data["x"] = 1;
        Assert.Single(kernel.Plugins);
        Assert.Empty(kernel.Data);
    }
}
