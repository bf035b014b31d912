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
            throw Explain(e);
        }
    }

    private static ApiException Explain(JsonException error)
    {
        string field = error.Path?.TrimStart('$').TrimStart('.') ?? "";
        // The reader's own exceptions are about syntax; a converter's are about a value of the wrong type.
        if (error.InnerException is JsonException || field.Length == 0 || !error.Message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return new ApiException(StatusCodes.Status400BadRequest, $"The body is not the JSON object that was expected (line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}).", code: "invalid_json");
        }
        return ApiException.Invalid($"'{field}' must be {Expected(error.Message)}.", field, "invalid_type");
    }

    private static string Expected(string message) => message switch
    {
        _ when message.Contains("Dictionary`2", StringComparison.Ordinal) => "an object", // before the types of its keys and values, which the message names too
        _ when message.Contains("System.Collections", StringComparison.Ordinal) => "an array",
        _ when message.Contains("System.Int", StringComparison.Ordinal) => "an integer",
        _ when message.Contains("System.Single", StringComparison.Ordinal) => "a number",
        _ when message.Contains("System.Boolean", StringComparison.Ordinal) => "true or false",
        _ when message.Contains("System.String", StringComparison.Ordinal) => "a string",
        _ => "an object",
    };
}
