using System.Numerics.Tensors;
using System.Security.Cryptography;
using MhcPipeline.Constraints;
using MhcPipeline.Core;
using MhcPipeline.Core.Seeds;
using MhcPipeline.Engine.Contract;

namespace MhcPipeline.Engine.Sampling;

/// <summary>Chooses the tokens of one sequence. Remembers what it chose, for the penalties.</summary>
internal sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly SamplingWorkspace _workspace;
    private readonly KeyValuePair<int, float>[] _biases;

    /// <summary>How often the answer has a token; tokens that only the prompt has are there with 0. Null where no penalty asks for it.</summary>
    private readonly Dictionary<int, int>? _seen;
    private SplitMix64 _random;

    public Sampler(SamplingOptions options, IReadOnlyList<int> prompt, SamplingWorkspace workspace)
    {
        _options = options;
        _workspace = workspace;
        _biases = [.. options.LogitBias ?? new Dictionary<int, float>()];
        _random = new SplitMix64(options.Seed is { } seed ? (ulong)seed : BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));
        if (options.RepetitionPenalty != 1 || options.PresencePenalty != 0 || options.FrequencyPenalty != 0)
        {
            _seen = [];
            foreach (int token in prompt)
            {
                _seen[token] = 0;
            }
        }
    }

    /// <summary>The next token, given the model's logits [vocab], which stay as they are.</summary>
    /// <param name="logits">The model's.</param>
    /// <param name="matcher">Says which tokens may come; null where any may.</param>
    /// <exception cref="PipelineException">The logits are not numbers, or no token may come.</exception>
    public int Next(ReadOnlySpan<float> logits, Matcher? matcher = null)
    {
        Span<float> scores = _workspace.Scores.AsSpan(0, logits.Length);
        logits.CopyTo(scores);
        if (matcher is not null)
        {
            Mask(scores, matcher);
        }
        Adjust(scores);
        int best = TensorPrimitives.IndexOfMax<float>(scores);
        if (!float.IsFinite(scores[best]))
        {
            if (matcher is not null && float.IsFinite(TensorPrimitives.Max(logits)))
            {
                throw new PipelineException("The vocabulary has no token with which the text could go on as it has to. Ask for another format.");
            }
            throw new PipelineException($"The model's logits hold {scores[best]}: its weights are damaged, or training diverged. Train and export it again.");
        }
        int token = _options.Temperature == 0 ? best : Draw(scores, scores[best]);
        Take(token);
        return token;
    }

    /// <summary>A token was chosen without asking: penalties count it all the same.</summary>
    public void Take(int token)
    {
        if (_seen is not null)
        {
            _seen[token] = _seen.GetValueOrDefault(token) + 1;
        }
    }

    /// <summary>What may not come has no weight, whatever bias and penalties say.</summary>
    private void Mask(Span<float> scores, Matcher matcher)
    {
        Span<ulong> mask = _workspace.Mask(matcher.Grammar.Vocabulary.MaskLength);
        matcher.Mask(mask);
        for (int word = 0; word < mask.Length; word++)
        {
            ulong allowed = mask[word];
            int first = word * 64, end = Math.Min(first + 64, scores.Length);
            if (allowed == ulong.MaxValue)
            {
                continue;
            }
            for (int token = first; token < end; token++)
            {
                if ((allowed >> (token - first) & 1) == 0)
                {
                    scores[token] = float.NegativeInfinity;
                }
            }
        }
        for (int token = mask.Length * 64; token < scores.Length; token++)
        {
            scores[token] = float.NegativeInfinity;
        }
    }

    private void Adjust(Span<float> scores)
    {
        foreach ((int token, float bias) in _biases)
        {
            if (token < scores.Length)
            {
                scores[token] += bias;
            }
        }
        if (_seen is null)
        {
            return;
        }
        foreach ((int token, int count) in _seen)
        {
            if (token >= scores.Length)
            {
                continue;
            }
            ref float score = ref scores[token];
            score = score > 0 ? score / _options.RepetitionPenalty : score * _options.RepetitionPenalty;
            if (count > 0)
            {
                score -= _options.PresencePenalty + (count * _options.FrequencyPenalty);
            }
        }
    }

    /// <summary>Draws from softmax(scores / temperature), cut by top-k, top-p and min-p.</summary>
    private int Draw(Span<float> scores, float max)
    {
        // Weights are exp((score - max) / T): the best token weighs exactly 1, so min-p compares with the weight itself.
        TensorPrimitives.Subtract(scores, max, scores);
        TensorPrimitives.Divide(scores, _options.Temperature, scores);
        TensorPrimitives.Exp<float>(scores, scores);
        bool cutsK = _options.TopK > 0 && _options.TopK < scores.Length;
        if (!cutsK && _options.TopP >= 1)
        {
            return DrawFromAll(scores);
        }
        if (!cutsK)
        {
            return DrawFrom(_workspace.Heaviest.Select(scores, scores.Length, _options.TopP));
        }
        Span<Candidate> kept = _workspace.Heaviest.Select(scores, _options.TopK, double.PositiveInfinity);
        if (_options.TopP < 1)
        {
            kept.Sort();
            kept = Nucleus(kept, _options.TopP * Sum(kept));
        }
        return DrawFrom(kept);
    }

    private int DrawFromAll(ReadOnlySpan<float> weights)
    {
        double total = 0;
        foreach (float weight in weights)
        {
            total += weight >= _options.MinP ? weight : 0;
        }
        double target = _random.NextDouble() * total;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] < _options.MinP || weights[i] == 0)
            {
                continue;
            }
            last = i;
            target -= weights[i];
            if (target < 0)
            {
                break;
            }
        }
        return last;
    }

    private int DrawFrom(ReadOnlySpan<Candidate> candidates)
    {
        double total = 0;
        foreach (Candidate candidate in candidates)
        {
            total += candidate.Weight >= _options.MinP ? candidate.Weight : 0;
        }
        double target = _random.NextDouble() * total;
        int last = 0;
        foreach (Candidate candidate in candidates)
        {
            if (candidate.Weight < _options.MinP || candidate.Weight == 0)
            {
                continue;
            }
            last = candidate.TokenId;
            target -= candidate.Weight;
            if (target < 0)
            {
                break;
            }
        }
        return last;
    }

    /// <summary>The shortest start of the sorted candidates that weighs at least <paramref name="mass"/>.</summary>
    private static Span<Candidate> Nucleus(Span<Candidate> sorted, double mass)
    {
        double sum = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            sum += sorted[i].Weight;
            if (sum >= mass)
            {
                return sorted[..(i + 1)];
            }
        }
        return sorted;
    }

    private static double Sum(ReadOnlySpan<Candidate> candidates)
    {
        double sum = 0;
        foreach (Candidate candidate in candidates)
        {
            sum += candidate.Weight;
        }
        return sum;
    }
}
