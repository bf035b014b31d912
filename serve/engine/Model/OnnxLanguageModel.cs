using MhcPipeline.Core;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Operators;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MhcPipeline.Engine.Model;

/// <summary>
/// The exported graph on ONNX Runtime. Everything that a decode step reads and writes is bound once for each number of rows, so that a step
/// fills in numbers, runs, and allocates nothing. That takes a mask of one width, max_context: only the sums of its rows count.
/// </summary>
internal sealed class OnnxLanguageModel : ILanguageModel
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly KeyValueCache _cache;
    private readonly BoundStep?[] _decode;
    private readonly BoundStep?[] _prefill;

    /// <summary>A GPU gets a copy of the inputs when they are bound, so there they are bound again for every step.</summary>
    private readonly bool _bindsCopy;

    /// <summary>Graphs of before <c>logits_from</c> compute the logits of every token.</summary>
    private readonly bool _cutsLogits;

    private readonly long[] _ids;
    private readonly long[] _logitsFrom;
    private readonly float[] _logits;
    private readonly LengthMask _decodeMask;
    private readonly LengthMask _prefillMask;

    public OnnxLanguageModel(string modelPath, ModelConfig config, EngineOptions options)
    {
        VocabSize = config.VocabSize;
        MaxContext = options.MaxContext == 0 ? config.MaxPositionEmbeddings : options.MaxContext;
        Slots = options.Slots;
        MaxChunk = Math.Min(MaxContext, options.PrefillChunk);
        _session = CreateSession(modelPath, config, options);
        RequireContract(_session, modelPath, config);
        _bindsCopy = options.UseCuda;
        _cutsLogits = _session.OverridableInitializerMetadata.ContainsKey("logits_from");
        int rows = Math.Max(MaxChunk, Slots);
        _ids = GC.AllocateArray<long>(rows, pinned: true);
        _logitsFrom = GC.AllocateArray<long>(1, pinned: true);
        _logits = GC.AllocateArray<float>(rows * VocabSize, pinned: true); // pages that no step writes take no memory
        _decodeMask = new LengthMask(Slots, MaxContext);
        _prefillMask = new LengthMask(1, MaxContext);
        _cache = new KeyValueCache(_session, config, Slots, MaxContext, options.UseCuda ? options.CudaDevice : null);
        _decode = new BoundStep?[Slots + 1];
        _prefill = new BoundStep?[Slots];
    }

    public int VocabSize { get; }

    public int MaxContext { get; }

    public int Slots { get; }

    public int MaxChunk { get; }

    public ReadOnlySpan<float> Prefill(int slot, int past, scoped ReadOnlySpan<int> tokens, bool allLogits)
    {
        BoundStep step = _prefill[slot] ??= Bind(slot, 1, _prefillMask);
        SetIds(tokens);
        _prefillMask.SetLength(0, past + tokens.Length);
        int rows = _cutsLogits && !allLogits ? 1 : tokens.Length;
        _logitsFrom[0] = tokens.Length - rows;
        // What has another shape for each chunk is bound for each chunk: some hundred bytes, none for each token.
        using OrtValue ids = View(_ids, 1, tokens.Length), logits = View(_logits, 1, rows, VocabSize);
        step.Binding.BindInput("input_ids", ids);
        step.Binding.BindOutput("logits", logits);
        Run(step, 1, tokens.Length, past);
        return allLogits ? _logits.AsSpan(0, rows * VocabSize) : _logits.AsSpan((rows - 1) * VocabSize, VocabSize);
    }

    public ReadOnlySpan<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> pasts)
    {
        int batch = tokens.Length;
        BoundStep step = _decode[batch] ??= BindDecode(batch);
        SetIds(tokens);
        for (int row = 0; row < batch; row++)
        {
            _decodeMask.SetLength(row, pasts[row] + 1);
        }
        _logitsFrom[0] = 0;
        Run(step, batch, 1, pasts[0]);
        return _logits.AsSpan(0, batch * VocabSize);
    }

    public void Copy(int from, int to, int tokens) => _cache.Copy(from, to, tokens);

    public void Swap(int first, int second, int tokens) => _cache.Swap(first, second, tokens);

    public void Dispose()
    {
        foreach (BoundStep? step in _decode.Concat(_prefill))
        {
            step?.Dispose();
        }
        _cache.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
    }

    /// <summary>What all steps of some rows have in common: their slots of the cache, and their mask.</summary>
    private BoundStep Bind(int firstSlot, int rows, LengthMask mask)
    {
        var step = new BoundStep(_session);
        _cache.Bind(step.Binding, firstSlot, rows);
        step.Input("attention_mask", View(mask.Values, rows, MaxContext));
        if (_cutsLogits)
        {
            step.Input("logits_from", View(_logitsFrom, 1));
        }
        return step;
    }

    private BoundStep BindDecode(int batch)
    {
        BoundStep step = Bind(0, batch, _decodeMask);
        step.Input("input_ids", View(_ids, batch, 1));
        step.Output("logits", View(_logits, batch, 1, VocabSize));
        return step;
    }

    private void Run(BoundStep step, int rows, int tokens, int past)
    {
        try
        {
            if (_bindsCopy)
            {
                step.BindInputsAgain();
            }
            _session.RunWithBinding(_runOptions, step.Binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw new PipelineException($"ONNX Runtime could not run the model on {rows} sequences, {tokens} new tokens each, the first after {past}: {e.Message}", e);
        }
    }

    private void SetIds(scoped ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            _ids[i] = tokens[i];
        }
    }

    private static unsafe OrtValue View<T>(T[] pinned, params long[] shape)
        where T : unmanaged
    {
        long count = 1;
        foreach (long size in shape)
        {
            count *= size;
        }
        TensorElementType type = typeof(T) == typeof(float) ? TensorElementType.Float : TensorElementType.Int64;
        fixed (T* start = pinned)
        {
            return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, (nint)start, count * sizeof(T));
        }
    }

    private static InferenceSession CreateSession(string modelPath, ModelConfig config, EngineOptions options)
    {
        using var session = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        session.IntraOpNumThreads = options.Threads > 0 ? options.Threads : OperatorThreads.For(config);
        if (options.Profile is { } profile)
        {
            session.ProfileOutputPathPrefix = profile; // read by the next line
            session.EnableProfiling = true;
        }
        try
        {
            if (options.UseCuda)
            {
                session.AppendExecutionProvider_CUDA(options.CudaDevice);
            }
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new PipelineException($"ONNX Runtime cannot use GPU {options.CudaDevice}: {e.Message} Run without the GPU, or install ONNX Runtime's GPU build.", e);
        }
        try
        {
            return SessionOperators.Load(modelPath, session);
        }
        catch (OnnxRuntimeException e)
        {
            throw new PipelineException($"ONNX Runtime cannot load {modelPath}: {e.Message} Export the run again with `make export`.", e);
        }
    }

    private static void RequireContract(InferenceSession session, string modelPath, ModelConfig config)
    {
        List<string> inputs = ["input_ids", "attention_mask"], outputs = ["logits"];
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            inputs.AddRange([$"past_key_values.{i}.key", $"past_key_values.{i}.value"]);
            outputs.AddRange([$"present.{i}.key", $"present.{i}.value"]);
        }
        string? missing = inputs.Except(session.InputMetadata.Keys).Concat(outputs.Except(session.OutputMetadata.Keys)).FirstOrDefault();
        string? extra = session.InputMetadata.Keys.Except(inputs).FirstOrDefault();
        if ((missing ?? extra) is { } name)
        {
            session.Dispose();
            throw new PipelineException($"{modelPath} {(missing is null ? "has an unexpected" : "lacks the")} input or output '{name}': it does not belong to the run's config.json. Export the run again with `make export`.");
        }
        int[] key = session.InputMetadata["past_key_values.0.key"].Dimensions;
        int vocab = session.OutputMetadata["logits"].Dimensions[^1];
        if (Differs(key[1], config.NumKeyValueHeads) || Differs(key[^1], config.HeadDim) || Differs(vocab, config.VocabSize))
        {
            session.Dispose();
            throw new PipelineException(
                $"{modelPath} has {key[1]} key-value heads of {key[^1]} and {vocab} tokens, but the run's config.json says {config.NumKeyValueHeads} of {config.HeadDim} and {config.VocabSize}. Export the run again with `make export`.");
        }

        static bool Differs(int graph, int expected) => graph > 0 && graph != expected; // a size that is not fixed is -1
    }
}
