using System.Runtime.InteropServices;

namespace MhcPipeline.Tokenization.Training;

/// <summary>
/// Learns merges from counted words (Sennrich et al., arXiv 1508.07909): again and again, the most frequent pair of neighbours becomes a
/// token. Counts are kept up to date by looking only at the words that a merge changes, so the time is about linear in the text's distinct words.
/// </summary>
internal sealed class MergeLearner
{
    // A pair seen once would be a token for one place in the text.
    private const long LeastCount = 2;

    private readonly WordTable _words;
    private readonly Dictionary<ulong, Pair> _pairs = [];
    private readonly PriorityQueue<Pair, PairRank> _queue = new();
    private readonly List<Pair> _raised = [];
    private readonly Action<int, int, int> _changed;
    private Pair? _merging;
    private int _word;
    private int _step;

    public MergeLearner(WordTable words)
    {
        _words = words;
        _changed = Change;
        for (_word = 0; _word < words.Count; _word++)
        {
            ReadOnlySpan<int> symbols = words.Symbols(_word);
            for (int i = 0; i + 1 < symbols.Length; i++)
                Change(symbols[i], symbols[i + 1], +1);
        }
        Enqueue();
    }

    /// <summary>Takes the next pair to merge out of the queue; null when none occurs twice.</summary>
    public Pair? Next()
    {
        while (_queue.TryDequeue(out Pair? pair, out PairRank rank))
        {
            if (rank.Count == pair.Count && _pairs.GetValueOrDefault(pair.Key) == pair)
                return pair.Count >= LeastCount ? pair : null;
            // Parted since it was queued: back to where it belongs now. If joined since, it was queued again then.
            if (rank.Count > pair.Count && pair.Count > 0)
                _queue.Enqueue(pair, new PairRank(pair.Count, pair.Key));
        }
        return null;
    }

    /// <summary>Merges a pair in all words.</summary>
    public void Merge(Pair pair, int merged)
    {
        _merging = pair;
        _step++;
        foreach (int word in pair.Words)
        {
            _word = word;
            _words.Merge(word, pair, merged, _changed);
        }
        _pairs.Remove(pair.Key);
        pair.Count = 0;
        Enqueue();
    }

    private void Change(int left, int right, int sign)
    {
        ulong key = Pair.KeyOf(left, right);
        if (key == _merging?.Key)
            return;   // all of it goes, whatever the order
        ref Pair? pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, key, out _);
        pair ??= new Pair(key);
        pair.Count += sign * _words.CountOf(_word);
        if (sign > 0)
        {
            pair.AddWord(_word);
            if (pair.QueuedAt != _step)
            {
                pair.QueuedAt = _step;
                _raised.Add(pair);
            }
        }
        else if (pair.Count == 0)
        {
            _pairs.Remove(key);
        }
    }

    private void Enqueue()
    {
        foreach (Pair pair in _raised)
        {
            if (pair.Count >= LeastCount)
                _queue.Enqueue(pair, new PairRank(pair.Count, pair.Key));
        }
        _raised.Clear();
    }
}
