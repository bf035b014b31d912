using System.Text.Json;

namespace MhcPipeline.Serve.Api;

/// <summary>Body of POST /v1/schemas/report.</summary>
public sealed record SchemaReportRequest
{
    /// <summary>JSON Schema.</summary>
    public JsonElement? Schema { get; init; }
}
