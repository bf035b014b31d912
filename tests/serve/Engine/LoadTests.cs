using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

/// <summary>Loading a run folder, whole and damaged.</summary>
public sealed class LoadTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly RunFolder _run;

    public LoadTests()
    {
        TinyRun.Write(_scratch.Path);
        _run = new RunFolder(_scratch.Path);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task An_exported_run_generates_the_same_greedy_text_every_time_alone_and_in_company()
    {
        await using InferenceEngine engine = InferenceEngine.Load(_run.Path);
        GenerationRequest request = Generation.Request("The quick brown fox", 40) with { IgnoreEndOfText = true };
        List<GenerationChunk> alone = await engine.CollectAsync(request);
        List<GenerationChunk>[] together = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => engine.CollectAsync(request)));
        Assert.Equal(_run.Name, engine.ModelName);
        Assert.Equal(40, alone[^1].GeneratedTokens);
        Assert.All(together, chunks => Assert.Equal(alone.Select(chunk => chunk.TokenId), chunks.Select(chunk => chunk.TokenId)));
    }

    [Fact]
    public async Task Tokens_that_the_tokenizer_lacks_are_never_chosen()
    {
        await using InferenceEngine engine = InferenceEngine.Load(_run.Path);
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request("x", 120) with { IgnoreEndOfText = true, Sampling = new SamplingOptions { Temperature = 100, Seed = 1 } });
        Assert.All(chunks.SkipLast(1), chunk => Assert.InRange(chunk.TokenId ?? 0, 0, 258));
        Assert.Throws<InvalidRequestException>(() => engine.GenerateAsync(new GenerationRequest { Prompt = [260] }));
    }

    [Fact]
    public async Task Echoed_log_probabilities_are_those_of_generation()
    {
        await using InferenceEngine engine = InferenceEngine.Load(_run.Path);
        List<GenerationChunk> generated = await engine.CollectAsync(Generation.Request("Order", 20) with { IgnoreEndOfText = true, LogProbs = 3 });
        int[] whole = [.. Generation.Request("Order").Prompt, .. generated.Where(chunk => chunk.TokenId is not null).Select(chunk => chunk.TokenId!.Value)];
        List<GenerationChunk> echoed = await engine.CollectAsync(new GenerationRequest { Prompt = whole, MaxTokens = 0, Echo = true, LogProbs = 3 });
        double[] again = [.. echoed.Where(chunk => chunk.IsPrompt).Skip(5).Select(chunk => chunk.LogProb!.Value)];
        Assert.Equal(20, again.Length);
        Assert.All(generated.SkipLast(1).Zip(again), pair => Assert.Equal(pair.First.LogProb!.Value, pair.Second, 1e-4));
    }

    [Fact]
    public void A_folder_that_is_not_there_names_what_makes_it() => Fails("make train", () => Directory.Delete(_run.Path, recursive: true), () => Directory.CreateDirectory(_run.Path));

    [Fact]
    public void A_run_that_was_not_exported_names_make_export() => Fails("make export", () => File.Delete(_run.OnnxModel));

    [Fact]
    public void A_run_without_tokenizer_names_make_tokenizer() => Fails("make tokenizer", () => File.Delete(_run.TokenizerJson));

    [Fact]
    public void A_damaged_graph_names_the_file() => Fails("model.onnx", () => File.WriteAllText(_run.OnnxModel, "not a graph"));

    [Fact]
    public void A_tokenizer_of_another_model_is_refused() => Fails("tokenizer.json has 259 tokens", () => (TinyRun.Config with { VocabSize = 100 }).Save(_run.ConfigJson));

    [Fact]
    public void A_context_longer_than_the_models_is_refused()
    {
        PipelineException error = Assert.Throws<PipelineException>(() => InferenceEngine.Load(_run.Path, new EngineOptions { MaxContext = 129 }));
        Assert.Contains("128", error.Message, StringComparison.Ordinal);
    }

    private void Fails(string message, Action damage, Action? repair = null)
    {
        damage();
        try
        {
            Assert.Contains(message, Assert.Throws<PipelineException>(() => InferenceEngine.Load(_run.Path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            repair?.Invoke();
        }
    }
}
