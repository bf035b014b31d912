using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Verification;

namespace MhcPipeline.Export.Evaluation;

/// <summary>The exported model's loss on the sample of validation data that training left (validation.safetensors).</summary>
internal static class ValidationLoss
{
    private const long LogitsAtOnce = 1 << 24; // 64 MB

    /// <summary>Mean cross-entropy over the sample's targets, in nats a token.</summary>
    /// <exception cref="PipelineException">The sample is malformed, or the model cannot be run.</exception>
    public static double Measure(OnnxModelRunner runner, string sample, ModelConfig config)
    {
        using var file = SafetensorsFile.Open(sample);
        if (file.Tensor("input_ids").Shape is not [long rows, long length] || !file.Tensor("targets").Shape.SequenceEqual([rows, length]) || rows * length == 0 || length > config.MaxPositionEmbeddings)
            throw Malformed($"input_ids and targets must be of one shape [rows, tokens], with at most {config.MaxPositionEmbeddings} tokens");
        long[] ids = file.ReadInt64("input_ids"), targets = file.ReadInt64("targets");
        if (ids.Concat(targets.Where(target => target >= 0)).Any(id => id < 0 || id >= config.VocabSize))
            throw Malformed($"it has ids that are no tokens: vocab_size is {config.VocabSize}");

        double sum = 0;
        int count = 0, width = (int)length, atOnce = (int)Math.Clamp(LogitsAtOnce / (length * config.VocabSize), 1, rows);
        for (int row = 0; row < rows; row += atOnce)
        {
            int batch = (int)Math.Min(atOnce, rows - row);
            float[] logits = runner.Prefill(ids[(row * width)..((row + batch) * width)], batch);
            for (int i = 0; i < batch * width; i++)
            {
                if (targets[(row * width) + i] is >= 0 and long target)
                {
                    sum += CrossEntropy(logits.AsSpan(i * config.VocabSize, config.VocabSize), (int)target);
                    count++;
                }
            }
        }
        return count > 0 ? sum / count : throw Malformed("none of its targets is a token");

        PipelineException Malformed(string what) => new($"{sample}: {what}. Train the run again.");
    }

    private static double CrossEntropy(ReadOnlySpan<float> logits, int target)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
            largest = MathF.Max(largest, logit);
        double sum = 0;
        foreach (float logit in logits)
            sum += MathF.Exp(logit - largest);
        return Math.Log(sum) + largest - logits[target];
    }
}
