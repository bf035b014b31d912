using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Serve.Tests.Engine;

/// <summary>The distribution that sampling options describe, in double precision and the plainest way: the specification of the sampler.</summary>
internal static class SamplerReference
{
    public static double[] Distribution(float[] logits, SamplingOptions options, IReadOnlyList<int> prompt, IReadOnlyList<int> generated)
    {
        double[] scores = [.. logits.Select(logit => (double)logit)];
        foreach ((int token, float bias) in options.LogitBias ?? new Dictionary<int, float>())
        {
            scores[token] += bias;
        }
        foreach (int token in prompt.Concat(generated).Distinct())
        {
            scores[token] = scores[token] > 0 ? scores[token] / options.RepetitionPenalty : scores[token] * options.RepetitionPenalty;
            int count = generated.Count(other => other == token);
            scores[token] -= (count > 0 ? options.PresencePenalty : 0) + (count * options.FrequencyPenalty);
        }
        if (options.Temperature == 0)
        {
            var greedy = new double[scores.Length];
            greedy[Array.IndexOf(scores, scores.Max())] = 1;
            return greedy;
        }
        double[] probabilities = Normalise([.. scores.Select(score => Math.Exp((score - scores.Max()) / options.Temperature))]);
        if (options.TopK > 0)
        {
            int[] kept = [.. Ranked(probabilities).Take(options.TopK)];
            probabilities = Normalise(Keep(probabilities, kept));
        }
        if (options.TopP < 1)
        {
            List<int> kept = [];
            double mass = 0;
            foreach (int token in Ranked(probabilities))
            {
                kept.Add(token);
                mass += probabilities[token];
                if (mass >= options.TopP)
                {
                    break;
                }
            }
            probabilities = Normalise(Keep(probabilities, kept));
        }
        double best = probabilities.Max();
        return Normalise([.. probabilities.Select(p => p >= options.MinP * best ? p : 0)]);
    }

    private static IEnumerable<int> Ranked(double[] probabilities) => Enumerable.Range(0, probabilities.Length).OrderByDescending(i => probabilities[i]).ThenBy(i => i);

    private static double[] Keep(double[] probabilities, IReadOnlyCollection<int> kept) => [.. probabilities.Select((p, i) => kept.Contains(i) ? p : 0)];

    private static double[] Normalise(double[] weights) => [.. weights.Select(weight => weight / weights.Sum())];
}
