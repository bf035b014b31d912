using System.Text.Json;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>What the answer has to be, as the engine takes it.</summary>
internal static class FormatReading
{
    public static AnswerFormat Read(ResponseFormat? format, StructuredOutputs? outputs)
    {
        AnswerFormat read = Read(format?.Type, format?.JsonSchema?.Schema, format?.JsonSchema?.Strict, "response_format", "response_format.json_schema.schema");
        if (outputs is null)
        {
            return read;
        }
        if (read is not AnswerFormat.AnyText)
        {
            throw ApiException.Invalid("'response_format' and 'structured_outputs' both say what the answer has to be: leave one of them out.", "structured_outputs");
        }
        return Read(outputs);
    }

    /// <summary>The three forms that OpenAI's APIs know.</summary>
    public static AnswerFormat Read(string? type, JsonElement? schema, bool? strict, string format, string where) => type switch
    {
        null or "text" => AnswerFormat.Text,
        "json_object" => AnswerFormat.JsonObject,
        "json_schema" => schema is { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False } given
            ? new AnswerFormat.JsonSchema(given, strict == true)
            : throw ApiException.Invalid($"'{where}' must be a JSON Schema: an object.", where, schema is null ? "missing_required_parameter" : "invalid_type"),
        _ => throw ApiException.Unsupported($"'{format}' of type '{type}' is not supported; text, json_object and json_schema are.", format),
    };

    private static AnswerFormat Read(StructuredOutputs outputs)
    {
        List<AnswerFormat> formats = [];
        if (outputs.Json is { ValueKind: not JsonValueKind.Null } schema)
        {
            formats.Add(Read("json_schema", schema, strict: false, "structured_outputs", "structured_outputs.json"));
        }
        if (outputs.JsonObject == true)
        {
            formats.Add(AnswerFormat.JsonObject);
        }
        if (outputs.Regex is { } pattern)
        {
            formats.Add(new AnswerFormat.Regex(pattern));
        }
        if (outputs.Choice is { } values)
        {
            formats.Add(values.Count > 0 ? new AnswerFormat.Choice(values) : throw ApiException.Invalid("'structured_outputs.choice' must have at least one string.", "structured_outputs.choice"));
        }
        if (outputs.Grammar is { } rules)
        {
            formats.Add(new AnswerFormat.Grammar(rules));
        }
        return formats is [var only]
            ? only
            : throw ApiException.Invalid($"'structured_outputs' must have one of json, json_object, regex, choice and grammar, but has {formats.Count} of them.", "structured_outputs");
    }
}
