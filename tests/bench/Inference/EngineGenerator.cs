using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Bench.Inference;

/// <summary>Our engine in this process, as a server uses it.</summary>
internal sealed class EngineGenerator(string name, RunFolder run, EngineOptions options) : ITextGenerator
{
    public string Name => name;

    public InferenceEngine Engine { get; } = InferenceEngine.Load(run.Path, options);

    public Generation Generate(int[] prompt, int count) => GenerateAsync(prompt, count).GetAwaiter().GetResult();

    /// <summary>The same for callers that ask for several at once.</summary>
    public Task<Generation> GenerateAsync(int[] prompt, int count) => GenerateAsync(new GenerationRequest { Prompt = prompt, MaxTokens = count, IgnoreEndOfText = true });

    /// <summary>A request that ends by its number of tokens.</summary>
    public async Task<Generation> GenerateAsync(GenerationRequest request)
    {
        long start = Stopwatch.GetTimestamp();
        double first = 0, last = 0;
        List<int> tokens = [];
        await foreach (GenerationChunk chunk in Engine.GenerateAsync(request))
        {
            if (chunk.TokenId is not { } token)
                continue;
            tokens.Add(token);
            last = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (tokens.Count == 1)
                first = last;
        }
        if (tokens.Count != request.MaxTokens)
            throw new PipelineException($"{name} gave {tokens.Count} tokens, not {request.MaxTokens}.");
        return new(tokens, first, last);
    }

    public void Dispose() => Engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
