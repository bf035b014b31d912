using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;

namespace MhcPipeline.Export.Verification;

/// <summary>Compares the exported model with the logits that training recorded (expected.safetensors).</summary>
internal static class LogitVerification
{
    /// <summary>Largest absolute error of a logit that is accepted. Plain float32 arithmetic stays far below it.</summary>
    public const float Limit = 1e-3f;

    /// <summary>Runs the model both ways over the recorded tokens.</summary>
    /// <exception cref="PipelineException">The recording is malformed, the model cannot be run, or an error is above <see cref="Limit"/>.</exception>
    public static VerificationResult Verify(string modelPath, string expectedFile, ModelConfig config)
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
        var result = new VerificationResult(sequences, (int)shape[1],
            LargestError(runner.Prefill(ids, sequences), logits), LargestError(runner.Decode(ids, sequences), logits), logits.Max(MathF.Abs));
        if (!(result.Error <= Limit))
        {
            throw new PipelineException(FormattableString.Invariant(
                $"The exported model differs from training: the largest error of a logit is {result.PrefillError:0.0e+0} (whole sequences) and {result.DecodeError:0.0e+0} (token by token), where at most {Limit:0e+0} is accepted. Nothing was written. ") +
                $"Were config.json, model.safetensors and {Path.GetFileName(expectedFile)} written by the same training run?");
        }
        return result;

        PipelineException Malformed(string what) => new($"{expectedFile}: {what}. Train the run again.");
    }

    // NaN compares as infinitely wrong.
    private static float LargestError(float[] actual, float[] expected)
    {
        float largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            float error = MathF.Abs(actual[i] - expected[i]);
            largest = float.IsNaN(error) ? float.PositiveInfinity : MathF.Max(largest, error);
        }
        return largest;
    }
}
