using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Api.Responses;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>Where every endpoint is, and what it takes and gives.</summary>
internal static class ApiRoutes
{
    public static void Map(WebApplication app, ServedModel model)
    {
        Failures(app.MapPost("/v1/chat/completions", ChatEndpoint.RunAsync)
            .WithName("createChatCompletion").WithSummary("Answers a conversation").WithTags("Chat")
            .Accepts<ChatRequest>("application/json")
            .Produces<ChatCompletion>().Produces<ChatChunk>(StatusCodes.Status200OK, "text/event-stream"), 400, 404, 413, 415, 500, 503);
        Failures(app.MapPost("/v1/completions", CompletionsEndpoint.RunAsync)
            .WithName("createCompletion").WithSummary("Continues texts").WithTags("Completions")
            .Accepts<CompletionRequest>("application/json")
            .Produces<Completion>().Produces<Completion>(StatusCodes.Status200OK, "text/event-stream"), 400, 404, 413, 415, 500, 503);
        Failures(app.MapPost("/v1/responses", ResponsesEndpoint.RunAsync)
            .WithName("createResponse").WithSummary("Answers a conversation, as items and events").WithTags("Responses")
            .Accepts<ResponseRequest>("application/json")
            .Produces<Response>().Produces<ResponseEvent>(StatusCodes.Status200OK, "text/event-stream"), 400, 404, 413, 415, 500, 503);
        Failures(app.MapPost("/v1/tokenize", TokenizeEndpoint.TokenizeAsync)
            .WithName("tokenize").WithSummary("Tokens of a text or a conversation").WithTags("Tokens")
            .Accepts<TokenizeRequest>("application/json"), 400, 404, 413, 415);
        Failures(app.MapPost("/v1/detokenize", TokenizeEndpoint.DetokenizeAsync)
            .WithName("detokenize").WithSummary("Text of tokens").WithTags("Tokens")
            .Accepts<DetokenizeRequest>("application/json"), 400, 404, 413, 415);
        Failures(app.MapPost("/v1/schemas/report", (Delegate)SchemaReportEndpoint.RunAsync)
            .WithName("reportSchema").WithSummary("Says what of a JSON Schema is enforced").WithTags("Schemas")
            .Accepts<SchemaReportRequest>("application/json"), 400, 413, 415);
        Failures(app.MapPost("/v1/embeddings", IResult () => throw new ApiException(StatusCodes.Status404NotFound, "These models are trained to answer, not to embed: this server has no embeddings.", code: "not_supported"))
            .WithName("createEmbedding").WithSummary("Always refused: there are no embeddings").WithTags("Embeddings"), 404);
        app.MapGet("/v1/models", () => new ModelList([model.Info]))
            .WithName("listModels").WithSummary("Lists the models: the one being served").WithTags("Models");
        Failures(app.MapGet("/v1/models/{id}", (string id) => id == model.Name
                ? model.Info
                : throw new ApiException(StatusCodes.Status404NotFound, $"There is no model '{id}' here; this server has '{model.Name}'.", "model", "model_not_found"))
            .WithName("retrieveModel").WithSummary("Describes a model").WithTags("Models"), 404);
        app.MapGet("/health", () => new Health("ok", model.Name, model.Engine.Config.Connection, model.Engine.MaxContext, model.Engine.Running, model.Engine.Waiting, model.Engine.Statistics))
            .WithName("health").WithSummary("Says that the server works, and how busy it is").WithTags("Server");
        app.MapGet("/examples", () => model.Examples)
            .WithName("examples").WithSummary("Prompts to try").WithTags("Server");
    }

    private static void Failures(RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (int status in statuses)
        {
            route.Produces<ApiError>(status);
        }
    }
}
