using System.Runtime.CompilerServices;
using System.Text;
using MhcPipeline.Constraints;
using MhcPipeline.Core;
using MhcPipeline.Engine.Answers;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Model;
using MhcPipeline.Engine.Output;
using MhcPipeline.Engine.Sampling;
using MhcPipeline.Engine.Scheduling;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Engine;

/// <summary>
/// Generates text with an exported run on ONNX Runtime. Safe for any number of concurrent callers: as many sequences as there
/// are slots run side by side, each step of the model giving every one of them a token; the others wait in a bounded queue.
/// </summary>
public sealed class InferenceEngine : IAsyncDisposable
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly RequestQueue _queue;
    private readonly Batch _batch;
    private readonly EngineCounters _counters = new();
    private readonly Scheduler _scheduler;
    private readonly SamplingWorkspace _workspace;
    private readonly int _usableVocab;
    private readonly GrammarCache _grammars;

    internal InferenceEngine(ILanguageModel model, TextTokenizer tokenizer, ModelConfig config, string name, EngineOptions options)
    {
        ModelName = name;
        Config = config;
        Tokenizer = tokenizer;
        MaxContext = model.MaxContext;
        _usableVocab = Math.Min(tokenizer.VocabSize, model.VocabSize);
        _workspace = new SamplingWorkspace(model.VocabSize);
        _queue = new RequestQueue(options.MaxQueue);
        HashSet<int> endTokens = [tokenizer.EndOfTextId];
        if (tokenizer.SupportsChat)
        {
            endTokens.Add(tokenizer.ImEndId);
        }
        if (config.EosTokenId is { } end)
        {
            endTokens.Add(end);
        }
        endTokens.UnionWith(config.MoreEosTokenIds);
        var answer = new AnswerStep(_usableVocab, model.VocabSize, MaxContext, endTokens, PromptText, Encode, _counters);
        _grammars = new GrammarCache(TokenVocabulary.Of(tokenizer, _usableVocab, endTokens));
        _batch = new Batch(model, _queue, answer, _counters, options);
        _scheduler = new Scheduler(model, _queue, _batch);
    }

    /// <summary>The run's name: the last part of its folder's path.</summary>
    public string ModelName { get; }

    /// <summary>The run's config.json.</summary>
    public ModelConfig Config { get; }

    /// <summary>The run's tokenizer.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>Most tokens of prompt and answer together.</summary>
    public int MaxContext { get; }

    /// <summary>Sequences that have a slot now.</summary>
    public int Running => _batch.Count;

    /// <summary>Requests that wait for a slot now.</summary>
    public int Waiting => _queue.Count;

    /// <summary>What the engine has done so far.</summary>
    public EngineStatistics Statistics => _counters.Read();

    /// <summary>Loads a run's exported model and tokenizer, and runs one token through it.</summary>
    /// <param name="runFolder">The run's folder, such as <c>runs/default</c>.</param>
    /// <param name="options">Threads, slots, queue and context; defaults where null.</param>
    /// <exception cref="PipelineException">Something is missing (and which make target makes it), damaged, or does not fit together.</exception>
    public static InferenceEngine Load(string runFolder, EngineOptions? options = null)
    {
        options ??= new EngineOptions();
        var run = new RunFolder(runFolder);
        if (!Directory.Exists(run.Path))
        {
            throw new PipelineException($"There is no run folder {runFolder}; run `{run.Make("train export")}` first.");
        }
        run.RequireFile(run.ConfigJson, "train");
        run.RequireFile(run.TokenizerJson, "tokenizer");
        run.RequireFile(run.OnnxModel, "export");
        ModelConfig config = ModelConfig.Load(run.ConfigJson);
        TextTokenizer tokenizer = TextTokenizer.Load(run.TokenizerJson);
        if (tokenizer.VocabSize > config.VocabSize)
        {
            throw new PipelineException(
                $"{run.TokenizerJson} has {tokenizer.VocabSize} tokens, but the model of {run.ConfigJson} knows {config.VocabSize}: they are not of one run. Train the run again with `{run.Make("train")}`.");
        }
        RequireExportedWith(run, tokenizer);
        RequireRange(options.MaxContext, 0, config.MaxPositionEmbeddings, "context", $"1 to max_position_embeddings of {run.ConfigJson}, {config.MaxPositionEmbeddings}");
        RequireRange(options.Slots, 1, 1024, "number of slots", "1 to 1024");
        RequireRange(options.MaxQueue, 0, 1 << 20, "queue's length", "0 to 1048576");
        RequireRange(options.Threads, 0, 1024, "number of threads", "0 (the engine chooses) to 1024");
        RequireRange(options.PrefillChunk, 1, 4096, "number of prompt tokens between two steps", "1 to 4096");
        var model = new OnnxLanguageModel(run.OnnxModel, config, options);
        try
        {
            model.Prefill(0, 0, [tokenizer.EndOfTextId], allLogits: false);
        }
        catch
        {
            model.Dispose();
            throw;
        }
        return new InferenceEngine(model, tokenizer, config, run.Name, options);
    }

    /// <summary>Export puts the tokenizer that it was done with beside the model.</summary>
    private static void RequireExportedWith(RunFolder run, TextTokenizer tokenizer)
    {
        string exported = Path.Combine(run.OnnxFolder, Path.GetFileName(run.TokenizerJson));
        if (File.Exists(exported) && TextTokenizer.Load(exported).Fingerprint != tokenizer.Fingerprint)
        {
            throw new PipelineException($"{run.OnnxModel} was exported with another tokenizer than {run.TokenizerJson}, whose tokens mean nothing to it. Put {exported} in its place, or train and export the run anew.");
        }
    }

    /// <summary>Makes a request for the next turn of a conversation into a text to continue.</summary>
    /// <param name="request">Conversation, tools, format, limits and sampling.</param>
    /// <param name="ct">Ends the compilation of its schemas.</param>
    /// <exception cref="InvalidRequestException">Something that it asks for cannot be had; names the parameter.</exception>
    /// <exception cref="PipelineException">The tokenizer has no chat tokens.</exception>
    public Task<AnswerPlan> PlanAsync(AnswerRequest request, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return AnswerPlanning.PlanAsync(request, Tokenizer, _grammars, ct);
    }

    /// <summary>
    /// Generates, chunk by chunk; the last chunk says why it ended. The request takes its place in the queue when this is called, not when
    /// the chunks are first asked for. Cancelling ends it before the next token, with a last chunk of <see cref="FinishReason.Cancelled"/>
    /// and no exception; leaving the enumeration early does the same.
    /// </summary>
    /// <param name="request">Prompt, limits and sampling.</param>
    /// <param name="ct">Ends the generation.</param>
    /// <exception cref="InvalidRequestException">A value of the request is out of range.</exception>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="PipelineException">While enumerating: the model failed.</exception>
    public IAsyncEnumerable<GenerationChunk> GenerateAsync(GenerationRequest request, CancellationToken ct = default) => GenerateAsync([request], ct)[0];

    /// <summary>Generates several texts, which are let into the queue together or not at all. Otherwise as for one request.</summary>
    /// <param name="requests">Prompts, limits and sampling of each text.</param>
    /// <param name="ct">Ends all of them.</param>
    /// <returns>The chunks of each text, in the order of the requests.</returns>
    /// <exception cref="InvalidRequestException">A value of a request is out of range.</exception>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    public IReadOnlyList<IAsyncEnumerable<GenerationChunk>> GenerateAsync(IReadOnlyList<GenerationRequest> requests, CancellationToken ct = default)
    {
        foreach (GenerationRequest request in requests)
        {
            request.Validate(_usableVocab, MaxContext);
        }
        Sequence[] sequences = [.. requests.Select(request => new Sequence(
            request,
            new Sampler(request.Sampling, request.Prompt, _workspace),
            new OutputAssembler(Tokenizer.CreateStreamingDecoder(), request.Stop),
            ct))];
        _queue.Add(sequences);
        return [.. sequences.Select(sequence => Read(sequence, ct))];
    }

    /// <summary>Ends what is running and waiting as cancelled, and releases the model.</summary>
    public async ValueTask DisposeAsync() => await _scheduler.StopAsync().ConfigureAwait(false);

    private async IAsyncEnumerable<GenerationChunk> Read(Sequence sequence, CancellationToken ct, [EnumeratorCancellation] CancellationToken enumeration = default)
    {
        // One that still waits leaves the queue at once; one that runs is ended by the scheduler before its next step.
        void Leave()
        {
            sequence.Abandon();
            if (_queue.Remove(sequence))
            {
                sequence.Complete(FinishReason.Cancelled);
            }
        }

        using CancellationTokenRegistration first = ct.Register(Leave), second = enumeration.Register(Leave);
        try
        {
            await foreach (GenerationChunk chunk in sequence.Chunks.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return chunk;
            }
        }
        finally
        {
            Leave();
        }
    }

    private int[] Encode(byte[] text)
    {
        try
        {
            return Tokenizer.Encode(_utf8.GetString(text));
        }
        catch (DecoderFallbackException)
        {
            return [];
        }
    }

    private IEnumerable<string> PromptText(IReadOnlyList<int> prompt)
    {
        StreamingDecoder decoder = Tokenizer.CreateStreamingDecoder(skipSpecial: false);
        for (int i = 0; i < prompt.Count; i++)
        {
            string text = decoder.Push(prompt[i]);
            yield return i < prompt.Count - 1 ? text : text + decoder.Flush();
        }
    }

    private static void RequireRange(int value, int least, int most, string what, string range)
    {
        if (value < least || value > most)
        {
            throw new PipelineException($"The {what} is {value}; it must be {range}.");
        }
    }
}
