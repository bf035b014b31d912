using System.Numerics.Tensors;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Engine.Sampling;

/// <summary>Log-probabilities out of one row of logits.</summary>
internal static class LogProbabilities
{
    /// <summary>log of the sum of exp(logit), computed around the largest logit so that nothing overflows.</summary>
    public static double LogSum(ReadOnlySpan<float> logits)
    {
        float max = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }
        return max + Math.Log(sum);
    }

    /// <summary>The <paramref name="count"/> most probable tokens, best first; ties by id.</summary>
    public static TokenLogProb[] Top(ReadOnlySpan<float> logits, double logSum, int count)
    {
        var best = new TokenLogProb[Math.Min(count, logits.Length)];
        int filled = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            double logProb = logits[i] - logSum;
            if (filled == best.Length && (filled == 0 || logProb <= best[^1].LogProb))
            {
                continue;
            }
            int at = filled < best.Length ? filled++ : filled - 1;
            while (at > 0 && best[at - 1].LogProb < logProb)
            {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = new TokenLogProb(i, logProb);
        }
        return best;
    }
}
