using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export.Verification;

/// <summary>Compares the exported model with the logits that training recorded (expected.safetensors), in every way in which an engine runs it.</summary>
internal static class LogitVerification
{
    private const int Chunk = 5; // tokens of a piece: does not divide what is recorded

    /// <summary>Runs the model over the recorded tokens, and refuses errors above the limit of its precision.</summary>
    /// <param name="modelPath">model.onnx.</param>
    /// <param name="precision">How its weights are stored.</param>
    /// <param name="expectedFile">The recording.</param>
    /// <param name="config">The model's configuration.</param>
    /// <exception cref="PipelineException">The recording is malformed, the model cannot be run, or an error is above the limit.</exception>
    public static VerificationResult Verify(string modelPath, ExportPrecision precision, string expectedFile, ModelConfig config)
    {
        VerificationResult result = Measure(modelPath, expectedFile, config);
        LogitLimit limit = LogitLimit.Of(precision);
        if (limit.Accepts(result))
            return result;
        throw new PipelineException(FormattableString.Invariant(
            $"The exported model differs from training: the largest error of a logit is {result.Prefill.Largest:0.0e+0} (whole sequences), {result.Chunked.Largest:0.0e+0} (in pieces) and {result.Decode.Largest:0.0e+0} (decoded together), ") +
            FormattableString.Invariant($"{100 * result.Relative:0.####} % of the logits as root mean squares, where {precision.ToString().ToLowerInvariant()} accepts {limit}. Nothing was written. ") +
            $"Were config.json, model.safetensors and {Path.GetFileName(expectedFile)} written by the same training run?");
    }

    /// <summary>Runs the model over the recorded tokens.</summary>
    /// <exception cref="PipelineException">The recording is malformed, or the model cannot be run.</exception>
    public static VerificationResult Measure(string modelPath, string expectedFile, ModelConfig config)
    {
        using var expected = SafetensorsFile.Open(expectedFile);
        IReadOnlyList<long> shape = expected.Tensor("input_ids").Shape;
        if (shape.Count != 2 || shape[0] * shape[1] == 0 || shape[1] > config.MaxPositionEmbeddings)
            throw Malformed($"input_ids is [{string.Join(", ", shape)}], expected [sequences, tokens] with at most {config.MaxPositionEmbeddings} tokens (max_position_embeddings)");
        if (!expected.Tensor("logits").Shape.SequenceEqual([.. shape, config.VocabSize]))
            throw Malformed($"logits is [{string.Join(", ", expected.Tensor("logits").Shape)}], expected [{shape[0]}, {shape[1]}, {config.VocabSize}]");
        long[] ids = expected.ReadInt64("input_ids");
        if (ids.Any(id => id < 0 || id >= config.VocabSize))
            throw Malformed($"input_ids has {ids.First(id => id < 0 || id >= config.VocabSize)}, which is no token: vocab_size is {config.VocabSize}");

        float[] logits = expected.ReadFloat32("logits");
        using var runner = OnnxModelRunner.Load(modelPath);
        int sequences = (int)shape[0];
        return new VerificationResult(sequences, (int)shape[1],
            LogitError.Between(runner.Prefill(ids, sequences), logits),
            LogitError.Between(runner.PrefillInChunks(ids, sequences, Chunk), logits),
            LogitError.Between(runner.Decode(ids, sequences), logits),
            logits.Max(MathF.Abs));

        PipelineException Malformed(string what) => new($"{expectedFile}: {what}. Train the run again.");
    }
}
