using System.Text.Json;

namespace MhcPipeline.Serve.Api.Responses;

/// <summary>What a response's text has to be.</summary>
public sealed record ResponseTextFormat
{
    /// <summary>text, json_object or json_schema.</summary>
    public string? Type { get; init; }

    /// <summary>What the client calls the schema.</summary>
    public string? Name { get; init; }

    /// <summary>What the schema is for.</summary>
    public string? Description { get; init; }

    /// <summary>JSON Schema, for type json_schema.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>Refuses a schema that cannot be enforced as a whole.</summary>
    public bool? Strict { get; init; }
}
