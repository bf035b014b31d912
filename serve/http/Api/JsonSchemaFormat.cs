using System.Text.Json;

namespace MhcPipeline.Serve.Api;

/// <summary>A schema that the answer has to fit.</summary>
public sealed record JsonSchemaFormat
{
    /// <summary>What the client calls it.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>JSON Schema.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>Refuses a schema that cannot be enforced as a whole; otherwise the rest of it is checked when the answer is finished.</summary>
    public bool? Strict { get; init; }
}
