using System.Text.Json;
using MhcPipeline.Core;

namespace MhcPipeline.Constraints;

/// <summary>Reads the JSON of a schema.</summary>
internal static class JsonSource
{
    private const int Deepest = 256;

    public static JsonDocument Read(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Deepest, CommentHandling = JsonCommentHandling.Disallow });
        }
        catch (JsonException error)
        {
            throw new PipelineException($"The schema is not JSON: {error.Message}", error);
        }
    }
}
