using System.Text.Json;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Api.Responses;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;
using MhcPipeline.Serve.Streaming;
using MhcPipeline.Serve.Wire;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>POST /v1/responses, without anything stored: every request has the whole conversation.</summary>
internal static class ResponsesEndpoint
{
    private static readonly JsonElement _auto = JsonElement.Parse("\"auto\"");

    public static async Task RunAsync(HttpContext context, ServedModel model)
    {
        ResponseRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.ResponseRequest);
        OtherFields.Require(request.Others);
        SamplingFieldsReading.RequireModel(request.Model, model.Name);
        if (request.MaxOutputTokens is < 1)
        {
            throw ApiException.Invalid("'max_output_tokens' must be 1 or more.", "max_output_tokens");
        }
        ResponseTextFormat? format = request.Text?.Format;
        SamplingOptions sampling = SamplingFieldsReading.Sampling(request.Temperature, request.TopP, model.Defaults);
        AnswerPlan plan = await ChatEndpoint.PlanAsync(model, new AnswerRequest
        {
            Turns = ResponseInputReading.Read(request.Input, request.Instructions),
            Tools = [.. (request.Tools ?? []).Select(Tool)],
            ToolChoice = ToolReading.Choice(request.ToolChoice),
            ParallelToolCalls = request.ParallelToolCalls != false,
            Format = FormatReading.Read(format?.Type, format?.Schema, format?.Strict, "text.format", "text.format.schema"),
            MaxTokens = request.MaxOutputTokens ?? int.MaxValue,
            Sampling = sampling,
        }, "text.format", context.RequestAborted);
        var begun = new Response
        {
            Id = "resp_" + Guid.NewGuid().ToString("N"),
            CreatedAt = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Status = "in_progress",
            Instructions = request.Instructions,
            MaxOutputTokens = request.MaxOutputTokens,
            Model = model.Name,
            Output = [],
            ParallelToolCalls = request.ParallelToolCalls != false,
            Temperature = sampling.Temperature,
            TopP = sampling.TopP,
            Text = new ResponseText { Format = format ?? new ResponseTextFormat { Type = "text" } },
            ToolChoice = request.ToolChoice is { ValueKind: not JsonValueKind.Null } choice ? choice : _auto,
            Tools = request.Tools ?? [],
            Metadata = request.Metadata ?? new Dictionary<string, string>(),
        };
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        IAsyncEnumerable<GenerationChunk> chunks = ChatEndpoint.Generate(model, [plan.Generation], "input", ends.Token)[0];
        try
        {
            if (request.Stream == true)
            {
                await StreamAsync(context, plan, begun, chunks);
            }
            else
            {
                var stream = new ResponseStream(plan, begun);
                await foreach (GenerationChunk chunk in chunks)
                {
                    stream.Take(chunk);
                }
                await context.Response.WriteAsJsonAsync(stream.Response, ApiJson.Wire.Response, cancellationToken: context.RequestAborted);
            }
        }
        finally
        {
            await ends.CancelAsync();
        }
    }

    private static async Task StreamAsync(HttpContext context, AnswerPlan plan, Response begun, IAsyncEnumerable<GenerationChunk> chunks)
    {
        EventStream events = await EventStream.StartAsync(context);
        var stream = new ResponseStream(plan, begun);
        try
        {
            await SendAsync(stream.Begin());
            await foreach (GenerationChunk chunk in chunks)
            {
                await SendAsync(stream.Take(chunk));
            }
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await SendAsync(stream.Fail(ErrorTranslation.Translate(e)));
        }

        async Task SendAsync(IReadOnlyList<ResponseEvent> happened)
        {
            foreach (ResponseEvent one in happened)
            {
                await events.WriteAsync(one, ApiJson.Wire.ResponseEvent, one.Type);
            }
        }
    }

    private static ToolDefinition Tool(ResponseTool? tool, int index) => ToolReading.Read(
        tool?.Type,
        new ToolFunction { Name = tool?.Name, Description = tool?.Description, Parameters = tool?.Parameters, Strict = tool?.Strict },
        $"tools[{index}]",
        $"tools[{index}]");
}
