using MhcPipeline.Core;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Weights;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

/// <summary>
/// Exported models give a request the same greedy text alone and in any company. There is no margin for ties: other numbers of rows are rounded otherwise by
/// 1e-6 at most (docs/serving.md), far below the distance between the two best tokens here.
/// </summary>
public sealed class SideBySideTests : IDisposable
{
    private const int Tokens = 24;
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, ModelConfig, ExportOptions> Models => new()
    {
        { "mhc", TinyRun.Config, new ExportOptions() },
        { "mhc, fused", TinyRun.Config, new ExportOptions { Mode = ExportMode.Fused } },
        { "mhc, int8", TinyRun.Config, new ExportOptions { Precision = ExportPrecision.Int8 } },
        { "mhc, fused, int4", TinyRun.Config, new ExportOptions { Mode = ExportMode.Fused, Precision = ExportPrecision.Int4 } },
        { "mhc with two streams and grouped heads", TinyRun.Config with { HcMult = 2, HiddenSize = 64, NumAttentionHeads = 4, NumKeyValueHeads = 2 }, new ExportOptions() },
        { "mhc with heads turned outside of the attention operator", TinyRun.Config with { HiddenSize = 48, NumAttentionHeads = 2, NumKeyValueHeads = 2 }, new ExportOptions() },
        { "residual", TinyRun.Config with { Connection = "residual", HcMult = 1 }, new ExportOptions() },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Greedy_texts_are_the_same_alone_and_in_company_in_pieces_and_from_the_cache(string name, ModelConfig config, ExportOptions options)
    {
        TinyRun.Write(_scratch.Path, config, options);
        // Prompts that begin alike, in part and as a whole, and some that do not.
        string[] prompts = ["Order 17: two lamps", "Order 17: two chairs", "Order 17: two lamps", "Order 1", "x", "From: Ada\nOrder 17", "Order 17: two lamps, red, by Friday, to the house by the lake", "yes", "Order 17: two", "From: Bob"];
        List<int?[]> alone = [];
        await using (InferenceEngine engine = Load(slots: 1, chunk: 512, cache: false))
        {
            foreach (string prompt in prompts)
            {
                alone.Add(TokensOf(await engine.CollectAsync(Request(prompt))));
            }
        }
        foreach ((int slots, int chunk, bool cache) in ((int, int, bool)[])[(10, 512, false), (10, 1, false), (3, 7, true), (4, 64, true), (1, 16, true)])
        {
            await using InferenceEngine engine = Load(slots, chunk, cache);
            for (int round = 0; round < 2; round++) // the second finds what the first left
            {
                List<GenerationChunk>[] together = await Task.WhenAll(engine.GenerateAsync([.. prompts.Select(Request)]).Select(CollectAsync));
                Assert.All(alone.Zip(together), pair => Assert.Equal(pair.First, TokensOf(pair.Second)));
            }
            Assert.Equal(cache, engine.Statistics.CachedTokens > 0);
            Assert.True(slots == 1 || engine.Statistics.DecodedTokens > engine.Statistics.DecodeSteps, name);
        }
    }

    [Fact]
    public async Task Texts_that_are_left_early_change_none_of_the_others()
    {
        TinyRun.Write(_scratch.Path);
        await using InferenceEngine engine = Load(slots: 4, chunk: 8, cache: true);
        int?[] expected = TokensOf(await engine.CollectAsync(Request("Order 17: two lamps")));
        Task<List<GenerationChunk>>[] whole = [.. Enumerable.Range(0, 6).Select(_ => engine.CollectAsync(Request("Order 17: two lamps")))];
        Task[] left = [.. Enumerable.Range(1, 8).Select(async most =>
        {
            int read = 0;
            await foreach (GenerationChunk _ in engine.GenerateAsync(Request($"Order 17: {most}")))
            {
                if (++read == most)
                {
                    break;
                }
            }
        })];
        await Task.WhenAll(left);
        Assert.All(await Task.WhenAll(whole), chunks => Assert.Equal(expected, TokensOf(chunks)));
    }

    [Fact]
    public async Task Log_probabilities_of_a_prompt_are_computed_though_a_slot_holds_it()
    {
        TinyRun.Write(_scratch.Path);
        await using InferenceEngine engine = Load(slots: 2, chunk: 4, cache: true);
        GenerationRequest echo = Request("Order 17: two lamps") with { Echo = true, LogProbs = 0 };
        List<GenerationChunk> first = await engine.CollectAsync(echo), again = await engine.CollectAsync(echo);
        Assert.Equal(0, again[^1].CachedTokens);
        Assert.Equal(first.Select(chunk => chunk.LogProb), again.Select(chunk => chunk.LogProb));
        Assert.Equal("Order 17: two lamps".Length - 1, (await engine.CollectAsync(echo with { LogProbs = null }))[^1].CachedTokens);
    }

    private static GenerationRequest Request(string prompt) => Generation.Request(prompt, Tokens) with { IgnoreEndOfText = true };

    private static int?[] TokensOf(List<GenerationChunk> chunks) => [.. chunks.Where(chunk => !chunk.IsPrompt && chunk.TokenId is not null).Select(chunk => chunk.TokenId)];

    private static async Task<List<GenerationChunk>> CollectAsync(IAsyncEnumerable<GenerationChunk> text)
    {
        List<GenerationChunk> chunks = [];
        await foreach (GenerationChunk chunk in text)
        {
            chunks.Add(chunk);
        }
        return chunks;
    }

    private InferenceEngine Load(int slots, int chunk, bool cache) =>
        InferenceEngine.Load(_scratch.Path, new EngineOptions { Slots = slots, PrefillChunk = chunk, PrefixCache = cache });
}
