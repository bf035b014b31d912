using MhcPipeline.Core;
using MhcPipeline.Export.Verification;
using Microsoft.ML.OnnxRuntime;

namespace MhcPipeline.Export;

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
    public static OnnxModelRunner Load(string modelPath)
    {
        try
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            return new OnnxModelRunner(new InferenceSession(modelPath, options));
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
    public float[] Prefill(long[] ids, int batch)
    {
        int sequence = Length(ids, batch);
        using var cache = new KeyValueCache(_session, batch, sequence);
        var logits = new float[(long)ids.Length * _vocabulary];
        Step(cache, ids, batch, sequence, logits);
        return logits;
    }

    /// <summary>The same logits, computed token by token: each step is given one token a sequence and the cache of those before it.</summary>
    /// <param name="ids">Token ids [batch, sequence], row-major.</param>
    /// <param name="batch">Number of sequences.</param>
    /// <returns>Logits [batch, sequence, vocabulary], row-major.</returns>
    /// <exception cref="PipelineException">ONNX Runtime cannot run the model.</exception>
    public float[] Decode(long[] ids, int batch)
    {
        int sequence = Length(ids, batch);
        using var cache = new KeyValueCache(_session, batch, sequence);
        var logits = new float[(long)ids.Length * _vocabulary];
        var column = new long[batch];
        var step = new float[batch * _vocabulary];
        for (int position = 0; position < sequence; position++)
        {
            for (int row = 0; row < batch; row++)
                column[row] = ids[(row * sequence) + position];
            Step(cache, column, batch, position + 1, step);
            for (int row = 0; row < batch; row++)
                step.AsSpan(row * _vocabulary, _vocabulary).CopyTo(logits.AsSpan(((row * sequence) + position) * _vocabulary));
        }
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    // Runs the newest ids of each row; total is the length of every row with them.
    private void Step(KeyValueCache cache, long[] ids, int batch, int total, float[] logits)
    {
        var mask = new long[batch * total];
        Array.Fill(mask, 1);
        using OrtValue idsValue = OrtValue.CreateTensorValueFromMemory(ids, [batch, ids.Length / batch]);
        using OrtValue maskValue = OrtValue.CreateTensorValueFromMemory(mask, [batch, total]);
        using OrtValue logitsValue = OrtValue.CreateTensorValueFromMemory(logits, [batch, ids.Length / batch, _vocabulary]);
        try
        {
            using OrtIoBinding binding = _session.CreateIoBinding();
            binding.BindInput("input_ids", idsValue);
            binding.BindInput("attention_mask", maskValue);
            binding.BindOutput("logits", logitsValue);
            cache.Bind(binding);
            _session.RunWithBinding(_run, binding);
        }
        catch (OnnxRuntimeException e)
        {
            throw new PipelineException($"ONNX Runtime cannot run the exported model: {e.Message}", e);
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
