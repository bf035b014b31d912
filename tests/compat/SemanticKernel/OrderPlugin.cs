using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.SemanticKernel;

namespace MhcPipeline.Compat.Tests.SemanticKernel;

/// <summary>One function for each way that a parameter is bound or a result comes back.</summary>
[Description("Orders")]
public sealed class OrderPlugin
{
    [KernelFunction, Description("Adds up a line of an order.")]
    [return: Description("the amount")]
    public static decimal Total([Description("pieces")] int quantity, [Description("price of one")] decimal price, double discount = 0) =>
        quantity * price * (1 - (decimal)discount);

    [KernelFunction]
    public static async Task<string> ShipAsync(string city, DateTime? day = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return $"{city} {day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "today"}";
    }

    [KernelFunction("custom-name")]
    public static ValueTask<DayOfWeek> NextDay(DayOfWeek day) => new((DayOfWeek)(((int)day + 1) % 7));

    [KernelFunction]
    public static string Surroundings(Kernel kernel, KernelFunction function, KernelArguments arguments, CultureInfo culture) =>
        $"{kernel.Plugins.Count} {function.PluginName} {arguments.Count} {culture.Name}";

    [KernelFunction]
    public static string City(JsonObject address) => (string)address["city"]!;

    [KernelFunction]
    public static int Point(Coordinates at) => at.X + at.Y;

    [KernelFunction]
    public static string Clock([FromKernelServices] TimeProvider clock) => clock.GetUtcNow().Year.ToString(CultureInfo.InvariantCulture);

    [KernelFunction]
    public static Task Nothing() => Task.CompletedTask;

    [KernelFunction]
    public static async IAsyncEnumerable<string> Words(string text)
    {
        foreach (var word in text.Split(' '))
        {
            await Task.Yield();
            yield return word;
        }
    }

    [KernelFunction]
    public static void Fail() => throw new InvalidTimeZoneException("mine");

    public static string NotAFunction() => "";

    public sealed record Coordinates(int X, int Y);
}
