using System.Text.Json;
using System.Text.Json.Nodes;

namespace MhcPipeline.Engine.Answers;

/// <summary>A function that the model may ask to be called.</summary>
/// <param name="Name">1 to 64 letters, digits, underscores and dashes.</param>
public sealed record ToolDefinition(string Name)
{
    private const int LongestName = 64;

    /// <summary>What it does, for the model to read.</summary>
    public string? Description { get; init; }

    /// <summary>JSON Schema of its arguments; an object without properties where left out.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>Refuses a schema of which some keyword can only be checked afterwards.</summary>
    public bool Strict { get; init; }

    /// <summary>Whether a name is one that a tool may have.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= LongestName } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>As the model sees it in the system turn: OpenAI's object of a tool.</summary>
    public JsonElement ToJson()
    {
        var function = new JsonObject { ["name"] = Name };
        if (Description is not null)
        {
            function["description"] = Description;
        }
        function["parameters"] = Parameters is { } schema ? JsonNode.Parse(schema.GetRawText()) : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
        return JsonSerializer.SerializeToElement(new JsonObject { ["type"] = "function", ["function"] = function });
    }
}
