using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MhcPipeline.Serve.Errors;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Reads JSON bodies, and says which field is wrong where one is.</summary>
internal static class RequestBody
{
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "The body must be JSON: send it with the header Content-Type: application/json.", code: "unsupported_media_type");
        }
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw ApiException.Invalid("The body must be a JSON object, not null.", "body", "invalid_json");
        }
        catch (JsonException e)
        {
            throw Explain(e, type);
        }
    }

    private static ApiException Explain(JsonException error, JsonTypeInfo type)
    {
        string field = error.Path?.TrimStart('$').TrimStart('.') ?? "";
        if (error.Message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return OtherFields.Unknown(field);
        }
        // The reader's own exceptions are about syntax; a converter's are about a value of the wrong type.
        if (error.InnerException is JsonException || field.Length == 0 || !error.Message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return new ApiException(StatusCodes.Status400BadRequest, $"The body is not the JSON object that was expected (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}).", code: "invalid_json");
        }
        return ApiException.Invalid($"'{field}' must be {Expected(type, field)}.", field, "invalid_type");
    }

    /// <summary>What the field at a path such as <c>messages[0].role</c> holds. The exception's message often names the record around it instead.</summary>
    private static string Expected(JsonTypeInfo type, string path)
    {
        foreach (string step in path.Split('.'))
        {
            string name = step.Split('[')[0];
            Type? held = type.Kind == JsonTypeInfoKind.Dictionary ? type.ElementType : type.Properties.FirstOrDefault(property => property.Name == name)?.PropertyType;
            if (held is null || !type.Options.TryGetTypeInfo(Nullable.GetUnderlyingType(held) ?? held, out JsonTypeInfo? next)
                || (step.EndsWith(']') && !type.Options.TryGetTypeInfo(next.ElementType!, out next)))
            {
                return "of another type";
            }
            type = next;
        }
        return type.Kind switch
        {
            JsonTypeInfoKind.Enumerable => "an array",
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
            _ when type.Type == typeof(string) => "a string",
            _ when type.Type == typeof(bool) => "true or false",
            _ when type.Type == typeof(float) => "a number",
            _ => "an integer",
        };
    }
}
