using System.Text.Json;

namespace MhcPipeline.Serve.Api;

/// <summary>Extension, as vLLM spells it: what the answer has to be. One of the fields.</summary>
public sealed record StructuredOutputs
{
    /// <summary>JSON Schema.</summary>
    public JsonElement? Json { get; init; }

    /// <summary>True for any JSON object.</summary>
    public bool? JsonObject { get; init; }

    /// <summary>A regular expression that matches all of the answer.</summary>
    public string? Regex { get; init; }

    /// <summary>The answer is one of these.</summary>
    public IReadOnlyList<string>? Choice { get; init; }

    /// <summary>A grammar in EBNF.</summary>
    public string? Grammar { get; init; }
}
