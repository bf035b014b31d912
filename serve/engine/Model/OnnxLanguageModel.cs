using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Engine.Operators;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MhcPipeline.Engine.Model;

/// <summary>
/// The exported graph on ONNX Runtime. Everything that a decode step reads and writes is bound once for each number of rows, so that a step
/// fills in numbers, runs, and allocates nothing. That takes a mask of one width, max_context: only the sums of its rows count.
/// On a device all of it stays there, at the same addresses: a step carries the new numbers over and the logits back.
/// </summary>
internal sealed class OnnxLanguageModel : ILanguageModel
{
    private readonly InferenceSession _session;
    private readonly StepDevice? _device;
    private readonly KeyValueCache _cache;
    private readonly BoundStep?[] _decode;
    private readonly BoundStep?[] _prefill;

    /// <summary>Graphs of before <c>logits_from</c> compute the logits of every token.</summary>
    private readonly bool _cutsLogits;

    /// <summary>Inputs that the session wants in the CPU's memory although the model runs on a device.</summary>
    private readonly HashSet<string> _copied = new(StringComparer.Ordinal);

    private readonly StepArray<long> _ids;
    private readonly StepArray<long> _logitsFrom;
    private readonly StepArray<float> _logits;
    private readonly LengthMask _decodeMask;
    private readonly LengthMask _prefillMask;

    /// <summary>Of a prompt's every token; few ask for them, and with a large vocabulary they are hundreds of megabytes.</summary>
    private StepArray<float>? _allLogits;

    public OnnxLanguageModel(string modelPath, ModelConfig config, EngineOptions options)
        : this(modelPath, config, options, Open(modelPath, config, options))
    {
    }

    /// <summary>A model on the CPU provider with the cache and the tensors of its steps in another memory of the CPU's.</summary>
    internal OnnxLanguageModel(string modelPath, ModelConfig config, EngineOptions options, StepDevice device)
        : this(modelPath, config, options, (CreateSession(modelPath, config, options, false), device))
    {
    }

    private OnnxLanguageModel(string modelPath, ModelConfig config, EngineOptions options, (InferenceSession Session, StepDevice? Device) opened)
    {
        VocabSize = config.VocabSize;
        MaxContext = options.MaxContext == 0 ? config.MaxPositionEmbeddings : options.MaxContext;
        Slots = options.Slots;
        MaxChunk = Math.Min(MaxContext, options.PrefillChunk);
        (_session, _device) = opened;
        RequireContract(_session, modelPath, config);
        _cutsLogits = _session.OverridableInitializerMetadata.ContainsKey("logits_from");
        if (_device is not null)
        {
            using IDisposableReadOnlyCollection<OrtMemoryInfo> places = _session.GetMemoryInfosForInputs();
            _copied.UnionWith(_session.InputNames.Zip(places).Where(input => input.Second.Name != _device.Info.Name).Select(input => input.First));
        }
        _cache = new KeyValueCache(_session, config, Slots, MaxContext, _device);
        _ids = new StepArray<long>(_device, Math.Max(MaxChunk, Slots));
        _logitsFrom = new StepArray<long>(null, 1);
        _logits = new StepArray<float>(_device, Slots * VocabSize);
        _decodeMask = new LengthMask(_device, Slots, MaxContext);
        _prefillMask = new LengthMask(_device, 1, MaxContext);
        _decode = new BoundStep?[Slots + 1];
        _prefill = new BoundStep?[Slots];
    }

    public int VocabSize { get; }

    public int MaxContext { get; }

    public int Slots { get; }

    public int MaxChunk { get; }

    public ReadOnlySpan<float> Prefill(int slot, int past, scoped ReadOnlySpan<int> tokens, bool allLogits)
    {
        BoundStep step = PrefillStep(slot);
        _prefillMask.SetLength(0, past + tokens.Length);
        SetIds(tokens);
        int rows = _cutsLogits && !allLogits ? 1 : tokens.Length;
        StepArray<float> results = rows <= Slots ? _logits : _allLogits ??= new StepArray<float>(_device, MaxChunk * VocabSize);
        // What has another shape for each chunk is bound for each chunk: some hundred bytes, none for each token. logits_from is read on the CPU.
        using OrtValue ids = _ids.View(1, tokens.Length), logits = results.View(1, rows, VocabSize), from = _logitsFrom.View(1);
        step.Binding.BindInput("input_ids", ids);
        step.Binding.BindOutput("logits", logits);
        if (_cutsLogits)
        {
            _logitsFrom.Values[0] = tokens.Length - rows;
            step.Binding.BindInput("logits_from", from);
        }
        Run(step, 1, tokens.Length, past);
        ReadOnlySpan<float> all = results.Read(rows * VocabSize);
        return allLogits ? all : all[^VocabSize..];
    }

    public ReadOnlySpan<float> Decode(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<int> pasts)
    {
        int batch = tokens.Length;
        BoundStep step = DecodeStep(batch);
        for (int row = 0; row < batch; row++)
        {
            _decodeMask.SetLength(row, pasts[row] + 1);
        }
        SetIds(tokens);
        Run(step, batch, 1, pasts[0]);
        return _logits.Read(batch * VocabSize);
    }

    /// <summary>The step of <see cref="Decode"/> with that many rows; logits_from keeps its default, 0. A CUDA graph is named by its rows.</summary>
    internal BoundStep DecodeStep(int rows)
    {
        if (_decode[rows] is { } bound)
        {
            return bound;
        }
        BoundStep step = _decode[rows] = Bind(0, rows, _decodeMask, rows);
        step.Input("input_ids", _ids.View(rows, 1), _copied.Contains("input_ids"));
        step.Output("logits", _logits.View(rows, 1, VocabSize));
        return step;
    }

    /// <summary>The step of <see cref="Prefill"/> into a slot. Its shapes change, so that no CUDA graph can be made of it.</summary>
    internal BoundStep PrefillStep(int slot) => _prefill[slot] ??= Bind(slot, 1, _prefillMask, BoundStep.NoGraph);

    public void Copy(int from, int to, int tokens) => _cache.Copy(from, to, tokens);

    public void Swap(int first, int second, int tokens) => _cache.Swap(first, second, tokens);

    public void Dispose()
    {
        foreach (BoundStep? step in _decode.Concat(_prefill))
        {
            step?.Dispose();
        }
        _session.Dispose(); // CUDA graphs before the memory that they work on
        _cache.Dispose();
        _ids.Dispose();
        _logitsFrom.Dispose();
        _logits.Dispose();
        _allLogits?.Dispose();
        _decodeMask.Dispose();
        _prefillMask.Dispose();
        _device?.Dispose();
    }

    /// <summary>What all steps of some rows have in common: their slots of the cache, and their mask.</summary>
    private BoundStep Bind(int firstSlot, int rows, LengthMask mask, int graph)
    {
        var step = new BoundStep(_session, _device is { CapturesGraphs: true } ? graph : null);
        _cache.Bind(step.Binding, firstSlot, rows);
        step.Input("attention_mask", mask.Array.View(rows, MaxContext), _copied.Contains("attention_mask"));
        return step;
    }

    private void Run(BoundStep step, int rows, int tokens, int past)
    {
        try
        {
            step.BindCopiedInputs();
            _session.RunWithBinding(step.Options, step.Binding);
        }
        catch (OnnxRuntimeException e)
        {
            string without = _device is { CapturesGraphs: true } ? " EngineOptions.CudaGraph = false runs it without CUDA graphs." : "";
            throw new PipelineException($"ONNX Runtime could not run the model on {rows} sequences, {tokens} new tokens each, the first after {past}: {e.Message}{without}", e);
        }
    }

    private void SetIds(scoped ReadOnlySpan<int> tokens)
    {
        Span<long> ids = _ids.Values;
        for (int i = 0; i < tokens.Length; i++)
        {
            ids[i] = tokens[i];
        }
        _ids.Write(0, tokens.Length);
        _device?.Memory.Wait(); // ONNX Runtime has a stream of its own, which does not wait for copies
    }

    private static (InferenceSession Session, StepDevice? Device) Open(string modelPath, ModelConfig config, EngineOptions options)
    {
        if (!options.UseCuda)
        {
            return (CreateSession(modelPath, config, options, false), null);
        }
        (InferenceSession session, bool captures) = options.CudaGraph
            ? GraphCapture.Open(capture => CreateSession(modelPath, config, options, capture), options.Notice)
            : (CreateSession(modelPath, config, options, false), false);
        return (session, new StepDevice(CudaSupport.Here.Memory(options.CudaDevice), StepDevice.Cuda, options.CudaDevice) { CapturesGraphs = captures });
    }

    private static InferenceSession CreateSession(string modelPath, ModelConfig config, EngineOptions options, bool capture)
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
                using var cuda = new OrtCUDAProviderOptions();
                cuda.UpdateOptions(new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["device_id"] = options.CudaDevice.ToString(CultureInfo.InvariantCulture),
                    ["enable_cuda_graph"] = capture ? "1" : "0",
                });
                session.AppendExecutionProvider_CUDA(cuda);
            }
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new PipelineException($"ONNX Runtime cannot use GPU {options.CudaDevice}: {e.Message.ReplaceLineEndings(" ").Trim()} Run without the GPU, or install ONNX Runtime's GPU build.", e);
        }
        try
        {
            return SessionOperators.Load(modelPath, session);
        }
        catch (OnnxRuntimeException e) when (!(capture && GraphCapture.Refused(e)))
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
        if (session.OutputMetadata["logits"].ElementDataType != TensorElementType.Float)
        {
            TensorElementType type = session.OutputMetadata["logits"].ElementDataType;
            session.Dispose();
            throw new PipelineException($"{modelPath} gives logits of {type}; the engine takes Float, to which graphs of 16 bits widen them. Export the run again with `make export`.");
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
