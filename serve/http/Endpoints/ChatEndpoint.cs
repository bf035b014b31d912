using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;
using MhcPipeline.Serve.Streaming;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>POST /v1/chat/completions.</summary>
internal static class ChatEndpoint
{
    public static async Task RunAsync(HttpContext context, ServedModel model)
    {
        ChatRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.ChatRequest);
        request.RequireModel(model.Name);
        request.RequireSupported();
        if (!model.Engine.Tokenizer.SupportsChat)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "This model has no chat template; use /v1/completions.", code: "chat_not_supported");
        }
        int[] prompt = model.Engine.Tokenizer.EncodeChat(ConversationReading.Read(request.Messages), addGenerationPrompt: true);
        SamplingOptions sampling = request.Sampling(model.Defaults);
        List<GenerationRequest> generations = [.. Enumerable.Range(0, request.Choices()).Select(choice => new GenerationRequest
        {
            Prompt = prompt,
            MaxTokens = request.MaxCompletionTokens ?? request.MaxTokens ?? int.MaxValue,
            Sampling = sampling.ForChoice(choice),
            Stop = request.Stops(),
            LogProbs = request.Logprobs == true ? request.TopLogprobs ?? 0 : null,
        })];
        bool streams = request.Streams();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        IReadOnlyList<IAsyncEnumerable<GenerationChunk>> texts = Generate(model, generations, ends.Token);
        string id = "chatcmpl-" + Guid.NewGuid().ToString("N");
        long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        try
        {
            if (streams)
            {
                var chunk = new ChatChunk { Id = id, Created = created, Model = model.Name, Choices = [] };
                await StreamAsync(context, model, request, chunk, texts, prompt.Length);
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
                    Choices = [.. read.Select((text, index) => Choice(text, index, request.Logprobs == true, model))],
                    Usage = Usage.Of(prompt.Length, read.Min(text => text.CachedTokens), generated), // the prompt counts once, and so does what one of the answers computed
                };
                await context.Response.WriteAsJsonAsync(answer, ApiJson.Wire.ChatCompletion, cancellationToken: context.RequestAborted);
            }
        }
        finally
        {
            await ends.CancelAsync();
        }
    }

    private static IReadOnlyList<IAsyncEnumerable<GenerationChunk>> Generate(ServedModel model, List<GenerationRequest> generations, CancellationToken ct)
    {
        try
        {
            return model.Engine.GenerateAsync(generations, ct);
        }
        catch (InvalidRequestException e) when (e.Parameter == "prompt")
        {
            throw ApiException.Invalid(e.Message, "messages", e.Code); // the prompt is what the messages became
        }
    }

    private static ChatChoice Choice(GeneratedText text, int index, bool withLogprobs, ServedModel model)
    {
        var tokens = new TokenTexts(model.Engine.Tokenizer);
        return new ChatChoice
        {
            Index = index,
            Message = new ChatAnswer(text.Text),
            Logprobs = withLogprobs ? new ChatLogprobs([.. text.Chunks.Select(tokens.Describe).OfType<ChatTokenLogprob>()]) : null,
            FinishReason = text.FinishReason,
        };
    }

    private static async Task StreamAsync(
        HttpContext context, ServedModel model, ChatRequest request, ChatChunk empty, IReadOnlyList<IAsyncEnumerable<GenerationChunk>> texts, int promptTokens)
    {
        EventStream stream = await EventStream.StartAsync(context);
        try
        {
            for (int i = 0; i < texts.Count; i++)
            {
                await SendAsync(new ChatChunkChoice { Index = i, Delta = new ChatDelta { Role = "assistant", Content = "" } });
            }
            var tokens = new TokenTexts(model.Engine.Tokenizer);
            List<ChatTokenLogprob>[] waiting = [.. texts.Select(_ => new List<ChatTokenLogprob>())];
            int generated = 0, cached = int.MaxValue;
            await foreach ((int index, GenerationChunk chunk) in ChunkMerger.MergeAsync(texts, context.RequestAborted))
            {
                if (tokens.Describe(chunk) is { } described)
                {
                    waiting[index].Add(described);
                }
                if (chunk.FinishReason is not null)
                {
                    generated += chunk.GeneratedTokens;
                    cached = Math.Min(cached, chunk.CachedTokens);
                }
                else if (chunk.Text.Length == 0)
                {
                    continue; // part of a character: its log-probability goes out with the character
                }
                ChatLogprobs? logprobs = waiting[index].Count > 0 ? new ChatLogprobs(waiting[index]) : null;
                waiting[index] = [];
                await SendAsync(new ChatChunkChoice
                {
                    Index = index,
                    Delta = new ChatDelta { Content = chunk.Text.Length > 0 ? chunk.Text : null },
                    Logprobs = logprobs,
                    FinishReason = chunk.FinishReason?.Spell(),
                });
            }
            if (request.IncludesUsage())
            {
                await stream.WriteAsync(empty with { Usage = Usage.Of(promptTokens, cached, generated) }, ApiJson.Wire.ChatChunk);
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
