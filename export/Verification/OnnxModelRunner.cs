using MhcPipeline.Core;
using MhcPipeline.Engine.Operators;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Export.Verification;

/// <summary>
/// Runs an exported model in ONNX Runtime on the CPU and gives its logits: what verification, conformance and tests need.
/// Serving has an engine of its own. Not thread-safe.
/// </summary>
public sealed class OnnxModelRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly int _vocabulary;

    private OnnxModelRunner(InferenceSession session)
    {
        _session = session;
        _vocabulary = session.OutputMetadata["logits"].Dimensions[2];
    }

    /// <summary>Version of ONNX Runtime, such as 1.29.0.</summary>
    public static string RuntimeVersion => OrtEnv.Instance().GetVersionString();

    /// <summary>Loads a model.onnx and the data beside it.</summary>
    /// <exception cref="PipelineException">ONNX Runtime cannot load it.</exception>
    public static OnnxModelRunner Load(string modelPath) => Load(modelPath, register: null);

    /// <summary>Loads a model with operators that come from elsewhere.</summary>
    internal static OnnxModelRunner Load(string modelPath, Action<SessionOptions>? register)
    {
        try
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            return new OnnxModelRunner(SessionOperators.Load(modelPath, options, register));
        }
        catch (OnnxRuntimeException e)
        {
            throw new PipelineException($"ONNX Runtime cannot load {modelPath}: {e.Message}", e);
        }
    }

    /// <summary>Logits of whole sequences at once, from an empty cache.</summary>
    /// <param name="ids">Token ids [batch, sequence], row-major.</param>
    /// <param name="batch">Number of sequences.</param>
    /// <returns>Logits [batch, sequence, vocabulary], row-major.</returns>
    /// <exception cref="PipelineException">ONNX Runtime cannot run the model.</exception>
    public float[] Prefill(long[] ids, int batch) => Prefill(ids, batch, []).Logits;

    /// <summary>The same, and other float32 outputs of the graph.</summary>
    internal (float[] Logits, float[][] Others) Prefill(long[] ids, int batch, IReadOnlyList<string> others)
    {
        int sequence = Length(ids, batch);
        using var cache = new KeyValueCache(_session, batch, sequence);
        var logits = new float[(long)ids.Length * _vocabulary];
        int[] lengths = [.. Enumerable.Repeat(sequence, batch)];
        return (logits, Step(cache, firstRow: 0, lengths, ids, logits, others));
    }

    /// <summary>
    /// The same logits, each sequence alone: the first half in pieces on top of one another, of <paramref name="chunk"/> tokens or less,
    /// the rest token by token on the same cache.
    /// </summary>
    /// <param name="ids">Token ids [batch, sequence], row-major.</param>
    /// <param name="batch">Number of sequences.</param>
    /// <param name="chunk">Tokens of a piece.</param>
    /// <returns>Logits [batch, sequence, vocabulary], row-major.</returns>
    /// <exception cref="PipelineException">ONNX Runtime cannot run the model.</exception>
    public float[] PrefillInChunks(long[] ids, int batch, int chunk)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunk);
        int sequence = Length(ids, batch), decoded = (sequence + 1) / 2;
        using var cache = new KeyValueCache(_session, batch, sequence);
        var logits = new float[(long)ids.Length * _vocabulary];
        for (int row = 0; row < batch; row++)
        {
            for (int from = 0; from < sequence;)
            {
                int to = from < decoded ? Math.Min(from + chunk, decoded) : from + 1;
                Append(cache, row, ids, sequence, from, to, logits);
                from = to;
            }
        }
        return logits;
    }

    /// <summary>
    /// The same logits, token by token, all sequences together though they are of different lengths: each row is given a beginning of its own length
    /// first, the longest to row 0, and rows leave the batch as they end.
    /// </summary>
    /// <param name="ids">Token ids [batch, sequence], row-major.</param>
    /// <param name="batch">Number of sequences.</param>
    /// <returns>Logits [batch, sequence, vocabulary], row-major.</returns>
    /// <exception cref="PipelineException">ONNX Runtime cannot run the model.</exception>
    public float[] Decode(long[] ids, int batch)
    {
        int sequence = Length(ids, batch);
        using var cache = new KeyValueCache(_session, batch, sequence);
        var logits = new float[(long)ids.Length * _vocabulary];
        int[] lengths = [.. Enumerable.Range(0, batch).Select(row => (batch - 1 - row) * sequence / (2 * batch))]; // row 0 starts half way, the last row from nothing
        for (int row = 0; row < batch; row++)
            Append(cache, row, ids, sequence, 0, lengths[row], logits);
        for (int first = 0; first < batch;)
        {
            int rows = batch - first;
            long[] newest = [.. Enumerable.Range(first, rows).Select(row => ids[(row * sequence) + lengths[row]])];
            for (int row = first; row < batch; row++)
                lengths[row]++;
            var step = new float[rows * _vocabulary];
            Step(cache, first, lengths.AsSpan(first), newest, step);
            for (int row = first; row < batch; row++)
                step.AsSpan((row - first) * _vocabulary, _vocabulary).CopyTo(logits.AsSpan(((row * sequence) + lengths[row] - 1) * _vocabulary));
            while (first < batch && lengths[first] == sequence)
                first++;
        }
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    // Gives one row its tokens from … to - 1, behind those that it holds.
    private void Append(KeyValueCache cache, int row, long[] ids, int sequence, int from, int to, float[] logits)
    {
        if (from == to)
            return;
        int start = (row * sequence) + from;
        var step = new float[(to - from) * _vocabulary];
        Step(cache, row, [to], ids[start..(start + to - from)], step);
        step.CopyTo(logits, (long)start * _vocabulary);
    }

    // Runs the newest ids of some neighbouring rows, whose lengths with them are given; gives the outputs named besides the logits.
    private float[][] Step(KeyValueCache cache, int firstRow, ReadOnlySpan<int> lengths, long[] ids, float[] logits, params IReadOnlyList<string> others)
    {
        int rows = lengths.Length, total = 0;
        foreach (int length in lengths)
            total = Math.Max(total, length);
        var mask = new long[rows * total];
        for (int row = 0; row < rows; row++)
            mask.AsSpan(row * total, lengths[row]).Fill(1);
        using OrtValue idsValue = OrtValue.CreateTensorValueFromMemory(ids, [rows, ids.Length / rows]);
        using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(mask, [rows, total]);
        using OrtValue logitsValue = OrtValue.CreateTensorValueFromMemory(logits, [rows, ids.Length / rows, _vocabulary]);
        IReadOnlyList<OrtValue> views = [];
        try
        {
            using OrtIoBinding binding = _session.CreateIoBinding();
            binding.BindInput("input_ids", idsValue);
            binding.BindInput("attention_mask", maskValue);
            binding.BindOutput("logits", logitsValue);
            views = cache.Bind(binding, firstRow, rows);
            foreach (string output in others)
                binding.BindOutputToDevice(output, OrtMemoryInfo.DefaultInstance);
            _session.RunWithBinding(_run, binding);
            if (others.Count == 0)
                return [];
            using var values = binding.GetOutputValues();
            return [.. values.TakeLast(others.Count).Select(value => value.GetTensorDataAsSpan<float>().ToArray())]; // in the order in which they were bound
        }
        catch (OnnxRuntimeException e)
        {
            throw new PipelineException($"ONNX Runtime cannot run the exported model: {e.Message}", e);
        }
        finally
        {
            foreach (OrtValue view in views)
                view.Dispose();
        }
    }

    private static int Length(long[] ids, int batch)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        if (ids.Length == 0 || ids.Length % batch != 0)
            throw new ArgumentException($"{ids.Length} ids are not {batch} rows of equal length.", nameof(ids));
        return ids.Length / batch;
    }
}
