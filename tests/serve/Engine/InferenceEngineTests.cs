using System.Text;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Serve.Tests.Fixtures;
using Xunit;

namespace MhcPipeline.Serve.Tests.Engine;

/// <summary>What the engine makes of a model's tokens; the model is scripted.</summary>
public sealed class InferenceEngineTests
{
    private const string Multilingual = "Größe: 5 €, 価格 😀👩‍👩‍👧 é";

    [Fact]
    public async Task The_text_ends_where_the_model_ends_it()
    {
        await using InferenceEngine engine = new ScriptedModel("All done.").Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request());
        Assert.Equal("All done.", chunks.Text());
        Assert.Equal(FinishReason.Stop, chunks[^1].FinishReason);
        Assert.All(chunks.SkipLast(1), chunk => Assert.Null(chunk.FinishReason));
    }

    [Fact]
    public async Task Every_chunk_has_whole_characters_though_tokens_are_single_bytes()
    {
        await using InferenceEngine engine = new ScriptedModel(Multilingual).Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request());
        Assert.Equal(Multilingual, chunks.Text());
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        Assert.All(chunks, chunk => strict.GetBytes(chunk.Text));
        Assert.Equal(Encoding.UTF8.GetByteCount(Multilingual), chunks.Count(chunk => chunk.TokenId is not null));
    }

    [Fact]
    public async Task A_character_that_stays_incomplete_becomes_a_replacement_character()
    {
        await using InferenceEngine engine = new ScriptedModel("a€"u8[..^1].ToArray()).Engine();
        Assert.Equal("a\uFFFD", (await engine.CollectAsync(Generation.Request())).Text());
    }

    [Fact]
    public async Task The_token_limit_ends_the_text_with_length()
    {
        await using InferenceEngine engine = new ScriptedModel("abcdef").Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request(maxTokens: 3));
        Assert.Equal("abc", chunks.Text());
        Assert.Equal(FinishReason.Length, chunks[^1].FinishReason);
        Assert.Equal(3, chunks[^1].GeneratedTokens);
    }

    [Fact]
    public async Task Prompt_and_answer_together_never_exceed_the_context()
    {
        await using InferenceEngine engine = new ScriptedModel("abcdef", maxContext: 8) { Endless = true }.Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request("12345"));
        Assert.Equal("abc", chunks.Text());
        Assert.Equal(FinishReason.Length, chunks[^1].FinishReason);
    }

    [Fact]
    public async Task A_prompt_that_leaves_no_room_is_refused()
    {
        await using InferenceEngine engine = new ScriptedModel("a", maxContext: 4).Engine();
        InvalidRequestException error = Assert.Throws<InvalidRequestException>(() => engine.GenerateAsync(Generation.Request("1234")));
        Assert.Equal("context_length_exceeded", error.Code);
    }

    [Fact]
    public async Task A_stop_string_and_what_follows_are_never_given_out_even_in_part()
    {
        await using InferenceEngine engine = new ScriptedModel("One. Two. END. Three.").Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request() with { Stop = ["END"], LogProbs = 0 });
        Assert.Equal("One. Two. ", chunks.Text());
        Assert.Equal(FinishReason.Stop, chunks[^1].FinishReason);
        Assert.Equal("One. Two. ", string.Concat(chunks.Where(chunk => chunk.TokenId is not null).Select(chunk => (char)chunk.TokenId!.Value)));
        Assert.Equal("One. Two. END".Length, chunks[^1].GeneratedTokens);
    }

    [Fact]
    public async Task Text_held_back_for_a_stop_string_that_does_not_come_is_given_out()
    {
        await using InferenceEngine engine = new ScriptedModel("to be EN").Engine();
        Assert.Equal("to be EN", (await engine.CollectAsync(Generation.Request() with { Stop = ["END"] })).Text());
    }

    [Fact]
    public async Task A_stop_string_of_several_bytes_a_character_is_found()
    {
        await using InferenceEngine engine = new ScriptedModel("gut 😀😁 nicht").Engine();
        Assert.Equal("gut 😀", (await engine.CollectAsync(Generation.Request() with { Stop = ["😁"] })).Text());
    }

    [Fact]
    public async Task Log_probabilities_are_the_models_own()
    {
        await using InferenceEngine engine = new ScriptedModel("ab").Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request() with { LogProbs = 2, Sampling = new SamplingOptions { Temperature = 0.5f, Seed = 1, TopK = 1 } });
        double expected = 10 - Math.Log(Math.Exp(10) + ScriptedModel.Vocab - 1);
        Assert.All(chunks.SkipLast(1), chunk =>
        {
            Assert.Equal(expected, chunk.LogProb!.Value, 9);
            Assert.Equal(2, chunk.Top.Count);
            Assert.Equal(chunk.TokenId, chunk.Top[0].TokenId);
        });
    }

    [Fact]
    public async Task Echo_gives_the_prompt_first_with_its_log_probabilities()
    {
        await using InferenceEngine engine = new ScriptedModel("!").Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request("Grüß") with { Echo = true, LogProbs = 1 });
        Assert.Equal("Grüß!", chunks.Text());
        List<GenerationChunk> prompt = [.. chunks.Where(chunk => chunk.IsPrompt)];
        Assert.Equal(6, prompt.Count);
        Assert.Null(prompt[0].LogProb);
        Assert.All(prompt.Skip(1), chunk => Assert.Equal(10 - Math.Log(Math.Exp(10) + ScriptedModel.Vocab - 1), chunk.LogProb!.Value, 9));
    }

    [Fact]
    public async Task A_prompt_longer_than_a_chunk_is_read_whole_and_continued()
    {
        var model = new ScriptedModel("abc") { MaxChunk = 3 };
        await using InferenceEngine engine = model.Engine();
        List<GenerationChunk> echoed = await engine.CollectAsync(Generation.Request("12345678") with { Echo = true, LogProbs = 0 });
        Assert.Equal("12345678abc", echoed.Text());
        Assert.Equal(8, echoed.Count(chunk => chunk.IsPrompt));
        Assert.All(echoed.Skip(1).SkipLast(1), chunk => Assert.NotNull(chunk.LogProb));
    }

    [Fact]
    public async Task Echo_without_new_tokens_scores_a_text()
    {
        await using InferenceEngine engine = new ScriptedModel("unsaid", maxContext: 5).Engine();
        List<GenerationChunk> chunks = await engine.CollectAsync(Generation.Request("12345", maxTokens: 0) with { Echo = true, LogProbs = 0 });
        Assert.Equal("12345", chunks.Text());
        Assert.Equal(0, chunks[^1].GeneratedTokens);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_text_and_another_seed_another()
    {
        await using InferenceEngine engine = new ScriptedModel("aaaaaaaaaaaaaaaaaaaaaaaa").Engine();
        async Task<string> Draw(long seed) => string.Join(",", (await engine.CollectAsync(Generation.Request(maxTokens: 20) with { Sampling = new SamplingOptions { Temperature = 3, Seed = seed }, IgnoreEndOfText = true })).Select(chunk => chunk.TokenId));
        string[] texts = await Task.WhenAll(Draw(1), Draw(2), Draw(1), Draw(2));
        Assert.Equal(texts[0], texts[2]);
        Assert.Equal(texts[1], texts[3]);
        Assert.NotEqual(texts[0], texts[1]);
    }

    [Fact]
    public async Task Cancelling_ends_the_text_before_the_next_token()
    {
        using var steps = new SemaphoreSlim(3);
        using var cancel = new CancellationTokenSource();
        var model = new ScriptedModel("a") { Endless = true, BeforeStep = steps.Wait };
        await using InferenceEngine engine = model.Engine();
        List<GenerationChunk> chunks = [];
        await foreach (GenerationChunk chunk in engine.GenerateAsync(Generation.Request(), cancel.Token))
        {
            chunks.Add(chunk);
            if (chunks.Count == 3)
            {
                await cancel.CancelAsync(); // a fourth step has begun at most, and waits
                steps.Release();
            }
        }
        Assert.Equal(FinishReason.Cancelled, chunks[^1].FinishReason);
        Assert.InRange(chunks[^1].GeneratedTokens, 3, 4);
    }

    [Fact]
    public async Task Leaving_the_enumeration_frees_the_slot()
    {
        await using InferenceEngine engine = new ScriptedModel("a", maxContext: 1 << 20, slots: 1) { Endless = true }.Engine();
        await foreach (GenerationChunk _ in engine.GenerateAsync(Generation.Request(maxTokens: 1 << 20)))
        {
            break;
        }
        Assert.Equal("a", (await engine.CollectAsync(Generation.Request(maxTokens: 1))).Text());
    }

    [Fact]
    public async Task A_request_beyond_slots_and_queue_is_refused_and_a_cancelled_one_makes_room()
    {
        using var steps = new SemaphoreSlim(0);
        var model = new ScriptedModel("ab", slots: 1) { BeforeStep = steps.Wait };
        await using InferenceEngine engine = model.Engine(new EngineOptions { MaxQueue = 1 });
        using var cancel = new CancellationTokenSource();
        Task<List<GenerationChunk>> running = engine.CollectAsync(Generation.Request());
        Task<List<GenerationChunk>> waiting = engine.CollectAsync(Generation.Request(), cancel.Token);
        Assert.Throws<EngineBusyException>(() => engine.GenerateAsync(Generation.Request()));
        await cancel.CancelAsync();
        Assert.Equal(FinishReason.Cancelled, (await waiting)[^1].FinishReason);
        Task<List<GenerationChunk>> next = engine.CollectAsync(Generation.Request());
        steps.Release(100);
        Assert.Equal("ab", (await running).Text());
        Assert.Equal("ab", (await next).Text());
    }

    [Fact]
    public async Task Many_callers_at_once_each_get_their_own_text()
    {
        await using InferenceEngine engine = new ScriptedModel(Multilingual).Engine(new EngineOptions { MaxQueue = 100 });
        List<GenerationChunk>[] texts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => engine.CollectAsync(Generation.Request()))));
        Assert.All(texts, chunks => Assert.Equal(Multilingual, chunks.Text()));
    }

    [Fact]
    public async Task A_model_that_fails_fails_its_request_and_serves_the_next()
    {
        bool fails = true;
        var model = new ScriptedModel("ok") { BeforeStep = () => { if (fails) throw new InvalidOperationException("out of order"); } };
        await using InferenceEngine engine = model.Engine();
        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.CollectAsync(Generation.Request()));
        fails = false;
        Assert.Equal("ok", (await engine.CollectAsync(Generation.Request())).Text());
    }

    [Fact]
    public async Task Closing_the_engine_ends_running_and_waiting_texts_and_releases_the_model()
    {
        using var steps = new SemaphoreSlim(2);
        var model = new ScriptedModel("a", slots: 1) { Endless = true, BeforeStep = steps.Wait };
        InferenceEngine engine = model.Engine();
        Task<List<GenerationChunk>> running = engine.CollectAsync(Generation.Request()), waiting = engine.CollectAsync(Generation.Request());
        ValueTask closing = engine.DisposeAsync();
        steps.Release(100);
        await closing;
        Assert.Equal(FinishReason.Cancelled, (await running)[^1].FinishReason);
        Assert.Equal(FinishReason.Cancelled, (await waiting)[^1].FinishReason);
        Assert.True(model.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => engine.GenerateAsync(Generation.Request()));
    }

    public static TheoryData<string, GenerationRequest> OutOfRange => new()
    {
        { "prompt", Generation.Request("") },
        { "prompt", new GenerationRequest { Prompt = [259] } },
        { "max_tokens", Generation.Request(maxTokens: 0) },
        { "logprobs", Generation.Request() with { LogProbs = 21 } },
        { "stop", Generation.Request() with { Stop = [""] } },
        { "temperature", Generation.Request() with { Sampling = new SamplingOptions { Temperature = -1 } } },
        { "top_p", Generation.Request() with { Sampling = new SamplingOptions { TopP = 0 } } },
        { "top_k", Generation.Request() with { Sampling = new SamplingOptions { TopK = -1 } } },
        { "min_p", Generation.Request() with { Sampling = new SamplingOptions { MinP = 2 } } },
        { "repetition_penalty", Generation.Request() with { Sampling = new SamplingOptions { RepetitionPenalty = 0 } } },
        { "presence_penalty", Generation.Request() with { Sampling = new SamplingOptions { PresencePenalty = 3 } } },
        { "frequency_penalty", Generation.Request() with { Sampling = new SamplingOptions { FrequencyPenalty = float.NaN } } },
        { "logit_bias", Generation.Request() with { Sampling = new SamplingOptions { LogitBias = new Dictionary<int, float> { [300] = 1 } } } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public async Task A_value_out_of_range_is_refused_by_name(string parameter, GenerationRequest request)
    {
        await using InferenceEngine engine = new ScriptedModel("a").Engine();
        Assert.Equal(parameter, Assert.Throws<InvalidRequestException>(() => engine.GenerateAsync(request)).Parameter);
    }
}
