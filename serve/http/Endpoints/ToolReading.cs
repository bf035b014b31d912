using System.Text.Json;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Tools of a request and the choice of them, as the engine takes them.</summary>
internal static class ToolReading
{
    /// <summary>Tools with their function in an object of its own, as chat completions have them.</summary>
    public static IReadOnlyList<ToolDefinition> Read(IReadOnlyList<ChatTool?>? tools) =>
        [.. (tools ?? []).Select((tool, index) => Read(tool?.Type, tool?.Function, $"tools[{index}]", $"tools[{index}].function"))];

    public static ToolDefinition Read(string? type, ToolFunction? function, string tool, string where)
    {
        if (type is not null and not "function")
        {
            throw ApiException.Unsupported($"'{tool}.type' is '{type}'; only 'function' is supported.", tool + ".type");
        }
        if (function?.Name is not { } name)
        {
            throw ApiException.Invalid($"'{where}.name' is missing: every tool is a function with a name.", where + ".name", "missing_required_parameter");
        }
        JsonElement? parameters = function.Parameters is { ValueKind: not JsonValueKind.Null } schema ? schema : null;
        if (parameters is { ValueKind: not JsonValueKind.Object })
        {
            throw ApiException.Invalid($"'{where}.parameters' must be a JSON Schema, an object.", where + ".parameters", "invalid_type");
        }
        return new ToolDefinition(name) { Description = function.Description, Parameters = parameters, Strict = function.Strict == true };
    }

    /// <summary>none, auto, required, or an object that names a function: in itself, or in its field function.</summary>
    public static ToolChoice Choice(JsonElement? choice)
    {
        switch (choice)
        {
            case null or { ValueKind: JsonValueKind.Null }:
                return ToolChoice.Auto;
            case { ValueKind: JsonValueKind.String } word:
                switch (word.GetString())
                {
                    case "none": return ToolChoice.None;
                    case "auto": return ToolChoice.Auto;
                    case "required": return ToolChoice.Required;
                }
                break;
            case { ValueKind: JsonValueKind.Object } named when Text(named, "type") == "function":
                JsonElement function = named.TryGetProperty("function", out JsonElement inner) && inner.ValueKind == JsonValueKind.Object ? inner : named;
                if (Text(function, "name") is { } name)
                {
                    return ToolChoice.Named(name);
                }
                break;
        }
        throw ApiException.Invalid("'tool_choice' must be \"none\", \"auto\", \"required\", or an object of type function that names one.", "tool_choice");
    }

    private static string? Text(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
