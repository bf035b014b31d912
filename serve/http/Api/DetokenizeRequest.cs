using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api;

/// <summary>Body of POST /v1/detokenize.</summary>
public sealed record DetokenizeRequest
{
    /// <summary>Name of the model; the one being served where left out.</summary>
    public string? Model { get; init; }

    /// <summary>Token ids.</summary>
    public IReadOnlyList<int>? Tokens { get; init; }

    /// <summary>Fields that this API does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}
