using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>The three values that are words.</summary>
internal static class JsonWords
{
    public static IReadOnlyList<JsonElement> All { get; } = [JsonSerializer.SerializeToElement<object?>(null), JsonSerializer.SerializeToElement(true), JsonSerializer.SerializeToElement(false)];
}
