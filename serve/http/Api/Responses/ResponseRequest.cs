using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MhcPipeline.Serve.Api.Responses;

/// <summary>Body of POST /v1/responses.</summary>
public sealed record ResponseRequest
{
    /// <summary>Name of the model; the one being served where left out.</summary>
    public string? Model { get; init; }

    /// <summary>The conversation.</summary>
    [Description("A string (what the user says), or an array of items: messages, function_call, function_call_output.")]
    public JsonElement? Input { get; init; }

    /// <summary>A system turn before all others.</summary>
    public string? Instructions { get; init; }

    /// <summary>Most tokens to generate.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>0 (greedy) to 2.</summary>
    public float? Temperature { get; init; }

    /// <summary>Nucleus sampling.</summary>
    public float? TopP { get; init; }

    /// <summary>What the answer has to be.</summary>
    public ResponseText? Text { get; init; }

    /// <summary>Functions that the model may ask to be called.</summary>
    public IReadOnlyList<ResponseTool>? Tools { get; init; }

    /// <summary>Whether it has to.</summary>
    [Description("none, auto, required, or {\"type\": \"function\", \"name\": ...}.")]
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Whether one answer may have several calls.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>Sends the answer as server-sent events while it is generated.</summary>
    public bool? Stream { get; init; }

    /// <summary>Given back as it is.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Fields that this API does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Others { get; set; }
}
