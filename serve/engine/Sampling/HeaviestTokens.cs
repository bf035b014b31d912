namespace MhcPipeline.Engine.Sampling;

/// <summary>
/// Finds the heaviest tokens without sorting the vocabulary. One pass counts and weighs the tokens by the upper bits of their weights, eight buckets
/// for each power of two; from these numbers follows the bucket in which the selection ends, and only that one is sorted.
/// </summary>
internal sealed class HeaviestTokens(int vocabSize)
{
    private const int MantissaBitsLeftOut = 20; // of 23
    private readonly int[] _counts = new int[Bucket(1) + 1];
    private readonly double[] _masses = new double[Bucket(1) + 1];
    private readonly Candidate[] _kept = new Candidate[vocabSize];
    private readonly Candidate[] _last = new Candidate[vocabSize];

    /// <summary>
    /// The heaviest tokens, as few of them as make up <paramref name="count"/> tokens or the <paramref name="part"/> of all weight, whichever comes
    /// first. Weights lie between 0 and 1. In no order, but always in the same; valid until the next call.
    /// </summary>
    public Span<Candidate> Select(ReadOnlySpan<float> weights, int count, double part)
    {
        Array.Clear(_counts);
        Array.Clear(_masses);
        foreach (float weight in weights)
        {
            int bucket = Bucket(weight);
            _counts[bucket]++;
            _masses[bucket] += weight;
        }
        double all = 0;
        foreach (double mass in _masses)
        {
            all += mass;
        }
        int end = _counts.Length - 1, tokens = 0;
        double target = part * all, reached = 0;
        while (end > 0 && tokens + _counts[end] < count && reached + _masses[end] < target)
        {
            tokens += _counts[end];
            reached += _masses[end];
            end--;
        }
        int kept = 0, last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            int bucket = Bucket(weights[i]);
            if (bucket > end)
            {
                _kept[kept++] = new Candidate(i, weights[i]);
            }
            else if (bucket == end)
            {
                _last[last++] = new Candidate(i, weights[i]);
            }
        }
        Span<Candidate> ranked = _last.AsSpan(0, last);
        ranked.Sort();
        for (int i = 0; i < last && kept < count && reached < target; i++)
        {
            _kept[kept++] = ranked[i];
            reached += ranked[i].Weight;
        }
        return _kept.AsSpan(0, kept);
    }

    private static int Bucket(float weight) => BitConverter.SingleToInt32Bits(weight) >> MantissaBitsLeftOut;
}
