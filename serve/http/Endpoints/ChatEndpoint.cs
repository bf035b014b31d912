using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;
using MhcPipeline.Serve.Streaming;
using MhcPipeline.Serve.Wire;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>POST /v1/chat/completions.</summary>
internal static class ChatEndpoint
{
    public static async Task RunAsync(HttpContext context, ServedModel model)
    {
        ChatRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.ChatRequest);
        request.RequireModel(model.Name);
        request.RequireSupported();
        AnswerPlan plan = await PlanAsync(model, new AnswerRequest
        {
            Turns = ConversationReading.Read(request.Messages),
            Tools = ToolReading.Read(request.Tools),
            ToolChoice = ToolReading.Choice(request.ToolChoice),
            ParallelToolCalls = request.ParallelToolCalls != false,
            Format = FormatReading.Read(request.ResponseFormat, request.StructuredOutputs),
            MaxTokens = request.MaxCompletionTokens ?? request.MaxTokens ?? int.MaxValue,
            Sampling = request.Sampling(model.Defaults),
            Stop = request.Stops(),
            LogProbs = request.Logprobs == true ? request.TopLogprobs ?? 0 : null,
        }, "response_format", context.RequestAborted);
        GenerationRequest generation = plan.Generation;
        List<GenerationRequest> generations = [.. Enumerable.Range(0, request.Choices()).Select(choice => generation with { Sampling = generation.Sampling.ForChoice(choice) })];
        bool streams = request.Streams();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        IReadOnlyList<IAsyncEnumerable<GenerationChunk>> texts = Generate(model, generations, "messages", ends.Token);
        string id = "chatcmpl-" + Guid.NewGuid().ToString("N");
        long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        try
        {
            if (streams)
            {
                var chunk = new ChatChunk { Id = id, Created = created, Model = model.Name, Choices = [] };
                await StreamAsync(context, model, request, chunk, texts, plan);
            }
            else
            {
                IReadOnlyList<GeneratedText> read = await GeneratedText.ReadAllAsync(texts);
                int generated = read.Sum(text => text.GeneratedTokens);
                var answer = new ChatCompletion
                {
                    Id = id,
                    Created = created,
                    Model = model.Name,
                    Choices = [.. read.Select((text, index) => Choice(text, plan, index, request.Logprobs == true, model))],
                    Usage = Usage.Of(generation.Prompt.Count, read.Min(text => text.CachedTokens), generated), // the prompt counts once, and so does what one of the answers computed
                };
                await context.Response.WriteAsJsonAsync(answer, ApiJson.Wire.ChatCompletion, cancellationToken: context.RequestAborted);
            }
        }
        finally
        {
            await ends.CancelAsync();
        }
    }

    /// <param name="model">Generates.</param>
    /// <param name="generations">Texts to continue.</param>
    /// <param name="messages">The request's field that became the prompt.</param>
    /// <param name="ct">Ends all of them.</param>
    public static IReadOnlyList<IAsyncEnumerable<GenerationChunk>> Generate(ServedModel model, IReadOnlyList<GenerationRequest> generations, string messages, CancellationToken ct)
    {
        try
        {
            return model.Engine.GenerateAsync(generations, ct);
        }
        catch (InvalidRequestException e) when (e.Parameter == "prompt")
        {
            throw ApiException.Invalid(e.Message, messages, e.Code); // the prompt is what the messages became
        }
    }

    /// <param name="model">Generates.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="format">The request's field that says what the answer has to be.</param>
    /// <param name="ct">Ends the compilation of schemas.</param>
    public static async Task<AnswerPlan> PlanAsync(ServedModel model, AnswerRequest request, string format, CancellationToken ct)
    {
        if (!model.Engine.Tokenizer.SupportsChat)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "This model has no chat template; use /v1/completions.", code: "chat_not_supported");
        }
        try
        {
            return await model.Engine.PlanAsync(request, ct);
        }
        catch (InvalidRequestException e) when (e.Parameter == "format")
        {
            throw ApiException.Invalid(e.Message, format, e.Code);
        }
    }

    private static ChatChoice Choice(GeneratedText text, AnswerPlan plan, int index, bool withLogprobs, ServedModel model)
    {
        var tokens = new TokenTexts(model.Engine.Tokenizer);
        Answer answer = Answer.Read(plan, text.Text);
        return new ChatChoice
        {
            Index = index,
            Message = answer.ToMessage(),
            Logprobs = withLogprobs ? new ChatLogprobs([.. text.Chunks.Select(tokens.Describe).OfType<ChatTokenLogprob>()]) : null,
            FinishReason = ChatAnswers.Reason(text.FinishReason, answer.Calls.Count, answer.Complete),
            SchemaCheck = plan.Check(answer).ToCheck(),
        };
    }

    private static async Task StreamAsync(
        HttpContext context, ServedModel model, ChatRequest request, ChatChunk empty, IReadOnlyList<IAsyncEnumerable<GenerationChunk>> texts, AnswerPlan plan)
    {
        EventStream stream = await EventStream.StartAsync(context);
        try
        {
            for (int i = 0; i < texts.Count; i++)
            {
                await SendAsync(new ChatChunkChoice { Index = i, Delta = new ChatDelta { Role = "assistant", Content = "" } });
            }
            var tokens = new TokenTexts(model.Engine.Tokenizer);
            ChatStream[] answers = [.. texts.Select(_ => new ChatStream(plan))];
            int generated = 0, cached = int.MaxValue;
            await foreach ((int index, GenerationChunk chunk) in ChunkMerger.MergeAsync(texts, context.RequestAborted))
            {
                if (chunk.FinishReason is not null)
                {
                    generated += chunk.GeneratedTokens;
                    cached = Math.Min(cached, chunk.CachedTokens);
                }
                foreach (ChatChunkChoice choice in answers[index].Take(chunk, tokens.Describe(chunk)))
                {
                    await SendAsync(choice with { Index = index });
                }
            }
            if (request.IncludesUsage())
            {
                await stream.WriteAsync(empty with { Usage = Usage.Of(plan.Generation.Prompt.Count, cached, generated) }, ApiJson.Wire.ChatChunk);
            }
            await stream.DoneAsync();
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await stream.ErrorAsync(e);
        }

        Task SendAsync(ChatChunkChoice choice) => stream.WriteAsync(empty with { Choices = [choice] }, ApiJson.Wire.ChatChunk);
    }
}
