using System.Text.Json;

namespace MhcPipeline.Serve.Api.Responses;

/// <summary>A function that the model may ask to be called.</summary>
public sealed record ResponseTool
{
    /// <summary>Only function.</summary>
    public string? Type { get; init; }

    /// <summary>1 to 64 letters, digits, underscores and dashes.</summary>
    public string? Name { get; init; }

    /// <summary>What it does.</summary>
    public string? Description { get; init; }

    /// <summary>JSON Schema of its arguments.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Refuses a schema that cannot be enforced as a whole.</summary>
    public bool? Strict { get; init; }
}
