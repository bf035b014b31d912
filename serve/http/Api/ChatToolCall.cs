using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>A call of a tool, or in a stream the next piece of one.</summary>
public sealed record ChatToolCall
{
    /// <summary>Number of the call in the answer; in streams only.</summary>
    public int? Index { get; init; }

    /// <summary>Names the call; in streams only on its first piece.</summary>
    public string? Id { get; init; }

    /// <summary>function; in streams only on the first piece.</summary>
    public string? Type { get; init; }

    /// <summary>What is called.</summary>
    public CalledFunction? Function { get; init; }

    /// <summary>Fields that this API does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}
