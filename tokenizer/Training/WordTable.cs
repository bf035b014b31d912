using System.Text;

namespace MhcPipeline.Tokenization.Training;

/// <summary>All words as token ids, in one array; merging shortens them in place.</summary>
internal sealed class WordTable
{
    private readonly int[] _symbols;
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly long[] _counts;

    /// <summary>Words begin as the ids of their UTF-8 bytes, which are the bytes themselves.</summary>
    public WordTable(IReadOnlyDictionary<string, long> words)
    {
        _starts = new int[words.Count];
        _lengths = new int[words.Count];
        _counts = new long[words.Count];
        int total = 0;
        int index = 0;
        foreach ((string word, long count) in words)
        {
            _starts[index] = total;
            _counts[index] = count;
            total += _lengths[index++] = Encoding.UTF8.GetByteCount(word);
        }

        _symbols = new int[total];
        Span<byte> bytes = new byte[_lengths.DefaultIfEmpty().Max()];
        int next = 0;
        foreach (string word in words.Keys)
        {
            foreach (byte b in bytes[..Encoding.UTF8.GetBytes(word, bytes)])
                _symbols[next++] = b;
        }
    }

    public int Count => _counts.Length;

    /// <summary>How often a word occurs.</summary>
    public long CountOf(int word) => _counts[word];

    public ReadOnlySpan<int> Symbols(int word) => _symbols.AsSpan(_starts[word], _lengths[word]);

    /// <summary>Replaces a pair by one id from left to right, and tells which neighbours that parts and joins.</summary>
    /// <param name="word">The word.</param>
    /// <param name="pair">The pair; a word without it stays as it is.</param>
    /// <param name="merged">The id in its place.</param>
    /// <param name="changed">Gets left id, right id, +1 for joined or -1 for parted; the pair itself is not told.</param>
    public void Merge(int word, Pair pair, int merged, Action<int, int, int> changed)
    {
        Span<int> symbols = _symbols.AsSpan(_starts[word], _lengths[word]);
        int left = pair.Left, right = pair.Right;
        int written = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] != left || i + 1 >= symbols.Length || symbols[i + 1] != right)
            {
                symbols[written++] = symbols[i];
                continue;
            }
            if (written > 0)
            {
                changed(symbols[written - 1], left, -1);
                changed(symbols[written - 1], merged, +1);
            }
            if (i + 2 < symbols.Length)
            {
                changed(right, symbols[i + 2], -1);
                changed(merged, symbols[i + 2], +1);
            }
            symbols[written++] = merged;
            i++;
        }
        _lengths[word] = written;
    }
}
