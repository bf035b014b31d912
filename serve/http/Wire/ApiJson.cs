using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Api.Responses;

namespace MhcPipeline.Serve.Wire;

/// <summary>Generated code that reads and writes the API's bodies.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(CompletionRequest))]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(Completion))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ResponseRequest))]
[JsonSerializable(typeof(Response))]
[JsonSerializable(typeof(ResponseEvent))]
[JsonSerializable(typeof(TokenizeRequest))]
[JsonSerializable(typeof(TokenizeAnswer))]
[JsonSerializable(typeof(DetokenizeRequest))]
[JsonSerializable(typeof(DetokenizeAnswer))]
[JsonSerializable(typeof(SchemaReportRequest))]
[JsonSerializable(typeof(SchemaKeywords))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(IReadOnlyList<ExamplePrompt>))]
[JsonSerializable(typeof(ApiError))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>For the endpoints that read and write bodies themselves.</summary>
    public static ApiJson Wire { get; } = new(Configure(new JsonSerializerOptions()));

    /// <summary>
    /// The spelling of the API. Letters stay as they are, where the default would escape all but ASCII: half the bytes for most languages,
    /// and people can read it.
    /// </summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        return options;
    }
}
