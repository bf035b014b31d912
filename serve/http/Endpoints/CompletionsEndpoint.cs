using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Api;
using MhcPipeline.Serve.Errors;
using MhcPipeline.Serve.Model;
using MhcPipeline.Serve.Streaming;
using MhcPipeline.Serve.Wire;

namespace MhcPipeline.Serve.Endpoints;

/// <summary>POST /v1/completions.</summary>
internal static class CompletionsEndpoint
{
    private const int DefaultMaxTokens = 16; // OpenAI's

    public static async Task RunAsync(HttpContext context, ServedModel model)
    {
        CompletionRequest request = await RequestBody.ReadAsync(context, ApiJson.Wire.CompletionRequest);
        request.RequireModel(model.Name);
        OtherFields.Require(request.Others);
        if (!string.IsNullOrEmpty(request.Suffix))
        {
            throw ApiException.Unsupported("'suffix' is not supported: these models only continue a text. Leave it out.", "suffix");
        }
        if (request.Logprobs is < 0 or > 5)
        {
            throw ApiException.Invalid($"'logprobs' must be from 0 to 5, but {request.Logprobs} was given.", "logprobs");
        }
        IReadOnlyList<int[]> prompts = PromptReading.Read(request.Prompt, model.Engine.Tokenizer);
        int n = request.Choices(prompts.Count), candidates = Candidates(request, n);
        SamplingOptions sampling = request.Sampling(model.Defaults);
        List<GenerationRequest> generations = [.. prompts.SelectMany(prompt => Enumerable.Range(0, candidates).Select(choice => new GenerationRequest
        {
            Prompt = prompt,
            MaxTokens = request.MaxTokens ?? DefaultMaxTokens,
            Sampling = sampling.ForChoice(choice),
            Stop = request.Stops(),
            LogProbs = request.Logprobs ?? (candidates > n ? 0 : null),
            Echo = request.Echo == true,
        }))];
        bool streams = request.Streams();
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        IReadOnlyList<IAsyncEnumerable<GenerationChunk>> texts = model.Engine.GenerateAsync(generations, ends.Token);
        var answer = new Completion { Id = "cmpl-" + Guid.NewGuid().ToString("N"), Created = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Model = model.Name, Choices = [] };
        try
        {
            if (streams)
            {
                await StreamAsync(context, model, request, answer, texts, prompts);
            }
            else
            {
                IReadOnlyList<GeneratedText> read = await GeneratedText.ReadAllAsync(texts);
                int generated = read.Sum(text => text.GeneratedTokens), prompt = prompts.Sum(tokens => tokens.Length);
                IEnumerable<GeneratedText> kept = candidates == n ? read : read.Chunk(candidates).SelectMany(group => group.OrderByDescending(text => text.MeanLogProb).Take(n));
                answer = answer with
                {
                    Choices = [.. kept.Select((text, index) => Choice(text, index, request.Logprobs is not null, model))],
                    Usage = Usage.Of(prompt, read.Chunk(candidates).Sum(group => group.Min(text => text.CachedTokens)), generated), // a prompt counts once
                };
                await context.Response.WriteAsJsonAsync(answer, ApiJson.Wire.Completion, cancellationToken: context.RequestAborted);
            }
        }
        finally
        {
            await ends.CancelAsync();
        }
    }

    /// <summary>Texts to generate for each prompt, of which n are returned.</summary>
    private static int Candidates(CompletionRequest request, int n)
    {
        int bestOf = request.BestOf ?? n;
        if (bestOf < n || bestOf > Math.Max(n, 20))
        {
            throw ApiException.Invalid($"'best_of' must be from n ({n}) to 20, but {bestOf} was given.", "best_of");
        }
        if (bestOf > n && request.Stream == true)
        {
            throw ApiException.Invalid("'best_of' cannot be streamed: the best text is known only when all have ended.", "best_of");
        }
        return bestOf;
    }

    private static CompletionChoice Choice(GeneratedText text, int index, bool withLogprobs, ServedModel model)
    {
        CompletionLogprobsBuilder? logprobs = withLogprobs ? new CompletionLogprobsBuilder(new TokenTexts(model.Engine.Tokenizer)) : null;
        foreach (GenerationChunk chunk in text.Chunks)
        {
            logprobs?.Add(chunk);
        }
        return new CompletionChoice { Index = index, Text = text.Text, Logprobs = logprobs?.Take(), FinishReason = text.FinishReason };
    }

    private static async Task StreamAsync(
        HttpContext context, ServedModel model, CompletionRequest request, Completion answer, IReadOnlyList<IAsyncEnumerable<GenerationChunk>> texts, IReadOnlyList<int[]> prompts)
    {
        EventStream stream = await EventStream.StartAsync(context);
        try
        {
            var tokens = new TokenTexts(model.Engine.Tokenizer);
            CompletionLogprobsBuilder[] logprobs = [.. texts.Select(_ => new CompletionLogprobsBuilder(tokens))];
            int generated = 0;
            var cached = new int[texts.Count];
            await foreach ((int index, GenerationChunk chunk) in ChunkMerger.MergeAsync(texts, context.RequestAborted))
            {
                logprobs[index].Add(chunk);
                if (chunk.FinishReason is not null)
                {
                    generated += chunk.GeneratedTokens;
                    cached[index] = chunk.CachedTokens;
                }
                else if (chunk.Text.Length == 0)
                {
                    continue; // part of a character: its log-probability goes out with the character
                }
                await stream.WriteAsync(answer with
                {
                    Choices = [new CompletionChoice { Index = index, Text = chunk.Text, Logprobs = request.Logprobs is null ? null : logprobs[index].Take(), FinishReason = chunk.FinishReason?.Spell() }],
                }, ApiJson.Wire.Completion);
            }
            if (request.IncludesUsage())
            {
                await stream.WriteAsync(answer with { Usage = Usage.Of(prompts.Sum(prompt => prompt.Length), cached.Chunk(texts.Count / prompts.Count).Sum(group => group.Min()), generated) }, ApiJson.Wire.Completion);
            }
            await stream.DoneAsync();
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
        {
            await stream.ErrorAsync(e);
        }
    }
}
