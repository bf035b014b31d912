using Microsoft.SemanticKernel;
using Xunit;

namespace MhcPipeline.Compat.Tests.SemanticKernel;

public sealed class PluginTests
{
    [Fact]
    public void Only_marked_methods_become_functions()
    {
        var plugin = KernelPluginFactory.CreateFromType<OrderPlugin>();
        Assert.Equal(("OrderPlugin", "Orders", 10), (plugin.Name, plugin.Description, plugin.FunctionCount));
        Assert.False(plugin.Contains("NotAFunction"));
    }

    [Fact]
    public void A_type_without_functions_is_refused() => Assert.Throws<ArgumentException>(() => KernelPluginFactory.CreateFromType<object>());

    [Fact]
    public void Names_are_found_without_regard_to_case_and_without_a_plugin_name()
    {
        KernelPluginCollection plugins = [KernelPluginFactory.CreateFromType<OrderPlugin>("Orders")];
        Assert.Equal("Orders.Total", plugins.GetFunction("orders", "total").ToString());
        Assert.Equal("Orders.Total", plugins.GetFunction(null, "Total").ToString());
        Assert.Equal("Orders.Total", plugins.GetFunction("Orders", "Orders_Total").ToString());
        Assert.Throws<KeyNotFoundException>(() => plugins.GetFunction("Orders", "Missing"));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a-b")]
    [InlineData("")]
    public void A_plugin_name_has_letters_digits_and_underscores_only(string name) =>
        Assert.ThrowsAny<ArgumentException>(() => KernelPluginFactory.CreateFromFunctions(name));

    [Fact]
    public void Two_plugins_of_one_name_are_refused()
    {
        Kernel kernel = new();
        kernel.ImportPluginFromType<OrderPlugin>();
        Assert.Throws<ArgumentException>(() => kernel.ImportPluginFromType<OrderPlugin>());
    }
}
