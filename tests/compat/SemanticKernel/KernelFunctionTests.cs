using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Xunit;

namespace MhcPipeline.Compat.Tests.SemanticKernel;

public sealed class KernelFunctionTests
{
    private readonly Kernel _kernel = new();

    public KernelFunctionTests() => _kernel.ImportPluginFromType<OrderPlugin>("Orders");

    [Fact]
    public async Task Arguments_are_converted_from_text_and_defaults_apply() =>
        Assert.Equal(7.5m, await _kernel.InvokeAsync<decimal>("Orders", "Total", new() { ["quantity"] = "3", ["PRICE"] = "2.5" }));

    [Fact]
    public async Task Numbers_are_converted_between_their_types() =>
        Assert.Equal(2.5m, await _kernel.InvokeAsync<decimal>("Orders", "Total", new() { ["quantity"] = 2L, ["price"] = 2.5m, ["discount"] = 0.5f }));

    [Fact]
    public async Task Text_is_read_in_the_kernels_culture_first()
    {
        _kernel.Culture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NumberGroupSeparator = "." } };
        Assert.Equal(5m, await _kernel.InvokeAsync<decimal>("Orders", "Total", new() { ["quantity"] = 2, ["price"] = "2,5" }));
    }

    [Fact]
    public async Task A_missing_argument_is_named()
    {
        var error = await Assert.ThrowsAsync<KernelException>(() => _kernel.InvokeAsync("Orders", "Total", new() { ["quantity"] = 3 }));
        Assert.Contains("'price'", error.Message);
    }

    [Fact]
    public async Task An_argument_that_cannot_be_converted_is_named()
    {
        var error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => _kernel.InvokeAsync("Orders", "Total", new() { ["quantity"] = "three", ["price"] = 1m }));
        Assert.Equal("quantity", error.ParamName);
    }

    [Fact]
    public async Task A_task_is_awaited_and_Async_is_not_part_of_the_name() =>
        Assert.Equal("Ghent 2026-03-04", await _kernel.InvokeAsync<string>("Orders", "Ship", new() { ["city"] = "Ghent", ["day"] = "2026-03-04" }));

    [Fact]
    public async Task A_value_task_is_awaited_and_enums_are_read_by_name() =>
        Assert.Equal(DayOfWeek.Sunday, await _kernel.InvokeAsync<DayOfWeek>("Orders", "custom-name", new() { ["day"] = "saturday" }));

    [Fact]
    public async Task A_method_without_a_result_gives_none() => Assert.Null(await _kernel.InvokeAsync<string>("Orders", "Nothing"));

    [Fact]
    public async Task Kernel_function_arguments_and_culture_are_supplied() =>
        Assert.Equal("1 Orders 1 ", await _kernel.InvokeAsync<string>("Orders", "Surroundings", new() { ["x"] = 1 }));

    [Fact]
    public async Task JSON_becomes_the_parameters_type()
    {
        var address = JsonSerializer.SerializeToElement(new { city = "Porto" });
        Assert.Equal("Porto", await _kernel.InvokeAsync<string>("Orders", "City", new() { ["address"] = address }));
        Assert.Equal("Porto", await _kernel.InvokeAsync<string>("Orders", "City", new() { ["address"] = """{"city":"Porto"}""" }));
        Assert.Equal(5, await _kernel.InvokeAsync<int>("Orders", "Point", new() { ["at"] = """{"X":2,"Y":3}""" }));
    }

    [Fact]
    public async Task A_number_that_a_model_wrote_as_JSON_text_is_a_number_all_the_same()
    {
        var (two, price) = (JsonSerializer.SerializeToElement("2"), JsonSerializer.SerializeToElement(1.5));
        Assert.Equal(3m, await _kernel.InvokeAsync<decimal>("Orders", "Total", new() { ["quantity"] = two, ["price"] = price }));
    }

    [Fact]
    public async Task A_service_is_injected_and_a_missing_one_is_named()
    {
        var error = await Assert.ThrowsAsync<KernelException>(() => _kernel.InvokeAsync("Orders", "Clock"));
        Assert.Contains("'clock'", error.Message);

        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Plugins.AddFromType<OrderPlugin>();
        Assert.Equal(4, (await builder.Build().InvokeAsync<string>("OrderPlugin", "Clock"))!.Length);
    }

    [Fact]
    public async Task Cancellation_reaches_the_method_and_says_which_function()
    {
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        var error = await Assert.ThrowsAsync<KernelFunctionCanceledException>(
            () => _kernel.InvokeAsync("Orders", "Ship", new() { ["city"] = "x" }, cancelled.Token));
        Assert.Equal("Ship", error.Function.Name);
    }

    [Fact]
    public async Task The_methods_own_exception_comes_out_unwrapped() =>
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => _kernel.InvokeAsync("Orders", "Fail"));

    [Fact]
    public async Task An_async_enumerable_streams_item_by_item()
    {
        List<string> words = [];
        await foreach (var word in _kernel.InvokeStreamingAsync<string>("Orders", "Words", new() { ["text"] = "a b c" })) words.Add(word);
        Assert.Equal(["a", "b", "c"], words);
    }

    [Fact]
    public async Task A_plain_result_streams_as_one_content()
    {
        List<string> seen = [];
        await foreach (var content in _kernel.InvokeStreamingAsync("Orders", "Total", new() { ["quantity"] = 1, ["price"] = 2m })) seen.Add(content.ToString());
        Assert.Equal(["2"], seen);
    }

    [Fact]
    public void Metadata_describes_function_parameters_and_result()
    {
        var metadata = _kernel.Plugins.GetFunction("Orders", "Total").Metadata;
        Assert.Equal(("Orders", "Adds up a line of an order.", "the amount"), (metadata.PluginName, metadata.Description, metadata.ReturnParameter.Description));
        Assert.Equal(["quantity", "price", "discount"], metadata.Parameters.Select(p => p.Name));
        Assert.Equal([true, true, false], metadata.Parameters.Select(p => p.IsRequired));
        Assert.Equal(("pieces", typeof(int), "0"), (metadata.Parameters[0].Description, metadata.Parameters[0].ParameterType, metadata.Parameters[2].DefaultValue));
    }

    [Fact]
    public void What_the_kernel_supplies_is_not_a_parameter() =>
        Assert.Empty(_kernel.Plugins.GetFunction("Orders", "Surroundings").Metadata.Parameters);

    [Fact]
    public async Task As_a_tool_it_has_a_qualified_name_a_schema_and_a_JSON_result()
    {
        AIFunction tool = _kernel.Plugins.GetFunction("Orders", "Total");
        Assert.Equal("Orders_Total", tool.Name);
        var schema = tool.JsonSchema;
        Assert.Equal("integer", schema.GetProperty("properties").GetProperty("quantity").GetProperty("type").GetString());
        Assert.Equal(["quantity", "price"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!));

        var result = await tool.InvokeAsync(new AIFunctionArguments { ["quantity"] = 2, ["price"] = 4m });
        Assert.Equal(8m, Assert.IsType<JsonElement>(result).GetDecimal());
    }

    [Fact]
    public async Task A_lambda_is_a_function_too()
    {
        var function = KernelFunctionFactory.CreateFromMethod((int x) => x + 1, "Increment");
        Assert.Equal(3, await function.InvokeAsync<int>(_kernel, new() { ["x"] = 2 }));
    }
}
