using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Serve.Model;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MhcPipeline.Serve.Hosting;

/// <summary>What the generated OpenAPI document cannot know by itself.</summary>
internal static class OpenApiDescription
{
    public static void Configure(OpenApiOptions options, ServedModel model)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "MhcPipeline",
                Version = "1",
                Description = $"OpenAI-compatible API of the model '{model.Name}'. Clients of that API work with its address followed by /v1 as their base, and any API key.",
            };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // Fields that take several forms are read as raw JSON; these are the forms.
            if (context.JsonPropertyInfo is { } property && property.PropertyType == typeof(JsonElement?) && Forms(property.Name) is { } forms)
            {
                schema.OneOf = [.. forms];
            }
            return Task.CompletedTask;
        });
    }

    private static IOpenApiSchema[]? Forms(string field) => field switch
    {
        "stop" => [Text(), List(Text())],
        "content" => [Text(), List(new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { "type", "text" },
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("text")] },
                ["text"] = Text(),
            },
        })],
        "prompt" => [Text(), List(Text()), List(Token()), List(List(Token()))],
        _ => null,
    };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Token() => new() { Type = JsonSchemaType.Integer };

    private static OpenApiSchema List(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };
}
