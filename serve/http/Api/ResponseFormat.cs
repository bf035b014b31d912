using System.ComponentModel;

namespace MhcPipeline.Serve.Api;

/// <summary>The form that the answer has to have.</summary>
public sealed record ResponseFormat
{
    /// <summary>text, json_object or json_schema.</summary>
    [Description("text, json_object or json_schema.")]
    public string? Type { get; init; }

    /// <summary>The schema, for type json_schema.</summary>
    public JsonSchemaFormat? JsonSchema { get; init; }
}
