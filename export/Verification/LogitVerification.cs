using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export.Verification;

/// <summary>Compares the exported model with the logits that training recorded (expected.safetensors), in every way in which an engine runs it.</summary>
internal static class LogitVerification
{
    private const int Chunk = 5; // tokens of a piece: does not divide what is recorded
    private const int RandomTokens = 33; // of a sequence where nothing is recorded

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
            $"The exported model differs from training: the largest error of a logit is {result.Prefill!.Value.Largest:0.0e+0} (whole sequences), {result.Chunked.Largest:0.0e+0} (in pieces) and {result.Decode.Largest:0.0e+0} (decoded together), ") +
            FormattableString.Invariant($"{100 * result.Relative:0.####} % of the logits as root mean squares, where {precision.ToString().ToLowerInvariant()} accepts {limit}. Nothing was written. ") +
            $"Were config.json, model.safetensors and {Path.GetFileName(expectedFile)} written by the same training run?");
    }

    /// <summary>
    /// For a checkpoint of which nothing was recorded: runs the model over random tokens, always the same ones, and refuses differences between the ways in which
    /// it is run that are above the limit of its precision. Whether the graph computes what the checkpoint's own program computes is not seen.
    /// </summary>
    /// <exception cref="PipelineException">The model cannot be run, or a difference is above the limit.</exception>
    public static VerificationResult VerifyAlone(string modelPath, ExportPrecision precision, ModelConfig config)
    {
        const int sequences = 2;
        int tokens = Math.Min(RandomTokens, config.MaxPositionEmbeddings);
        var random = new Random(1);
        long[] ids = [.. Enumerable.Range(0, sequences * tokens).Select(_ => random.NextInt64(config.VocabSize))];
        using var runner = OnnxModelRunner.Load(modelPath);
        float[] whole = runner.Prefill(ids, sequences);
        var result = new VerificationResult("its own whole sequences of random tokens: there is no expected.safetensors, so nothing of the training side to compare with", sequences, tokens, null,
            LogitError.Between(runner.PrefillInChunks(ids, sequences, Chunk), whole), LogitError.Between(runner.Decode(ids, sequences), whole), whole.Max(MathF.Abs));
        if (LogitLimit.Of(precision).Accepts(result))
            return result;
        throw new PipelineException(FormattableString.Invariant(
            $"The exported model's logits depend on how it is run: of whole sequences and of the same in pieces they differ by up to {result.Chunked.Largest:0.0e+0}, decoded together by up to {result.Decode.Largest:0.0e+0}, ") +
            FormattableString.Invariant($"{100 * result.Relative:0.####} % as root mean squares, where {precision.ToString().ToLowerInvariant()} accepts {LogitLimit.Of(precision)}. Nothing was written. ") +
            "Are there weights that are no numbers, or too large for the precision?");
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
        return new VerificationResult(Path.GetFileName(expectedFile), sequences, (int)shape[1],
            LogitError.Between(runner.Prefill(ids, sequences), logits),
            LogitError.Between(runner.PrefillInChunks(ids, sequences, Chunk), logits),
            LogitError.Between(runner.Decode(ids, sequences), logits),
            logits.Max(MathF.Abs));

        PipelineException Malformed(string what) => new($"{expectedFile}: {what}. Train the run again.");
    }
}
