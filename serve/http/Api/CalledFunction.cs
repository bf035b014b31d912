using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>The function of a call.</summary>
public sealed record CalledFunction
{
    /// <summary>Its name; in streams only on the first piece.</summary>
    public string? Name { get; init; }

    /// <summary>A JSON object as text; in streams the next piece of it.</summary>
    public string? Arguments { get; init; }

    /// <summary>Fields that this API does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}
