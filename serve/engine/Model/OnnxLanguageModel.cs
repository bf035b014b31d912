using MhcPipeline.Core;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MhcPipeline.Engine.Model;

/// <summary>The exported graph on ONNX Runtime. Inputs and outputs are bound once; a step binds only what changes its shape.</summary>
internal sealed class OnnxLanguageModel : ILanguageModel
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly KeyValueCache _cache;
    private readonly OrtIoBinding[] _bindings;

    private readonly long[] _ids;
    private readonly long[] _mask;
    private readonly float[] _logits;

    /// <summary>[1, 1] and [1, 1, V]: views of the buffers' starts, for the steps of one token.</summary>
    private readonly OrtValue _oneId, _oneRow;

    public OnnxLanguageModel(string modelPath, ModelConfig config, EngineOptions options)
    {
        VocabSize = config.VocabSize;
        MaxContext = options.MaxContext == 0 ? config.MaxPositionEmbeddings : options.MaxContext;
        Slots = options.Slots;
        MaxChunk = Math.Min(MaxContext, Math.Clamp((1 << 22) / VocabSize, 16, 512)); // at most 16 MB of logits
        _session = CreateSession(modelPath, options);
        RequireContract(_session, modelPath, config);
        _ids = GC.AllocateArray<long>(MaxChunk, pinned: true);
        _mask = GC.AllocateArray<long>(MaxContext, pinned: true);
        _logits = GC.AllocateArray<float>(MaxChunk * VocabSize, pinned: true);
        Array.Fill(_mask, 1);
        _oneId = View(_ids, 1, 1);
        _oneRow = View(_logits, 1, 1, VocabSize);
        _cache = new KeyValueCache(_session, config, Slots, MaxContext, options.UseCuda ? options.CudaDevice : null);
        _bindings = new OrtIoBinding[Slots];
        for (int slot = 0; slot < Slots; slot++)
        {
            _bindings[slot] = _session.CreateIoBinding();
            _cache.Bind(_bindings[slot], slot);
        }
    }

    public int VocabSize { get; }

    public int MaxContext { get; }

    public int Slots { get; }

    public int MaxChunk { get; }

    public ReadOnlySpan<float> Forward(int slot, int past, scoped ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            _ids[i] = tokens[i];
        }
        OrtIoBinding binding = _bindings[slot];
        bool single = tokens.Length == 1;
        OrtValue ids = single ? _oneId : View(_ids, 1, tokens.Length);
        OrtValue logits = single ? _oneRow : View(_logits, 1, tokens.Length, VocabSize);
        using OrtValue mask = View(_mask, 1, past + tokens.Length); // one sequence, nothing is padded: its length is all it says
        try
        {
            binding.BindInput("input_ids", ids);
            binding.BindInput("attention_mask", mask);
            binding.BindOutput("logits", logits);
            _session.RunWithBinding(_runOptions, binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw new PipelineException($"ONNX Runtime could not run the model on {tokens.Length} tokens after {past}: {e.Message}", e);
        }
        finally
        {
            if (!single)
            {
                ids.Dispose();
                logits.Dispose();
            }
        }
        return _logits.AsSpan(0, tokens.Length * VocabSize);
    }

    public void Dispose()
    {
        foreach (OrtIoBinding binding in _bindings)
        {
            binding.Dispose();
        }
        _cache.Dispose();
        _oneId.Dispose();
        _oneRow.Dispose();
        _runOptions.Dispose();
        _session.Dispose();
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

    private static InferenceSession CreateSession(string modelPath, EngineOptions options)
    {
        using var session = new SessionOptions { EnableMemoryPattern = false, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (options.Threads > 0)
        {
            session.IntraOpNumThreads = options.Threads;
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
            session.RegisterMhcOperators();
            return new InferenceSession(modelPath, session);
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
