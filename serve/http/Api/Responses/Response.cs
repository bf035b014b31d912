using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api.Responses;

/// <summary>Answer of POST /v1/responses.</summary>
public sealed record Response
{
    /// <summary>Name of the answer.</summary>
    public required string Id { get; init; }

    /// <summary>response.</summary>
    public string Object { get; init; } = "response";

    /// <summary>Unix time, in seconds.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>in_progress, completed, incomplete or failed.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ResponseError? Error { get; init; }

    /// <summary>Why it is not complete.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IncompleteDetails? IncompleteDetails { get; init; }

    /// <summary>As the request has them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Instructions { get; init; }

    /// <summary>As the request has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? MaxOutputTokens { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>A message, calls of functions, or both.</summary>
    public required IReadOnlyList<ResponseItem> Output { get; init; }

    /// <summary>Whether it may have had several calls.</summary>
    public required bool ParallelToolCalls { get; init; }

    /// <summary>Always null: nothing is stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? PreviousResponseId { get; init; }

    /// <summary>Always false: nothing is stored.</summary>
    public bool Store { get; init; }

    /// <summary>With which it was sampled.</summary>
    public required float Temperature { get; init; }

    /// <summary>With which it was sampled.</summary>
    public required float TopP { get; init; }

    /// <summary>As the request has it.</summary>
    public required ResponseText Text { get; init; }

    /// <summary>As the request has it.</summary>
    public required JsonElement ToolChoice { get; init; }

    /// <summary>As the request has them.</summary>
    public required IReadOnlyList<ResponseTool> Tools { get; init; }

    /// <summary>disabled: nothing is cut from a conversation.</summary>
    public string Truncation { get; init; } = "disabled";

    /// <summary>Numbers of tokens; null while it goes on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ResponseUsage? Usage { get; init; }

    /// <summary>As the request has it.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Extension: what of the schema was checked when the answer was finished; left out where all of it was enforced.</summary>
    public SchemaCheck? SchemaCheck { get; init; }
}
