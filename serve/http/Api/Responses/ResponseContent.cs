using System.Text.Json;

namespace MhcPipeline.Serve.Api.Responses;

/// <summary>A part of a message.</summary>
/// <param name="Text">What it says.</param>
public sealed record ResponseContent(string Text)
{
    /// <summary>output_text.</summary>
    public string Type { get; init; } = "output_text";

    /// <summary>Always empty.</summary>
    public IReadOnlyList<JsonElement> Annotations { get; init; } = [];
}
