namespace MhcPipeline.Tokenization.Training;

/// <summary>Two tokens that stand side by side in some words.</summary>
/// <param name="key">Both ids, see <see cref="KeyOf"/>.</param>
internal sealed class Pair(ulong key)
{
    private int[] _words = new int[2];
    private int _wordCount;

    public ulong Key { get; } = key;

    public int Left => (int)(Key >> 32);

    public int Right => (int)(uint)Key;

    /// <summary>How often it occurs, by the counts of the words.</summary>
    public long Count { get; set; }

    /// <summary>The merge during which it was last queued, so that one merge queues it once.</summary>
    public int QueuedAt { get; set; } = -1;

    /// <summary>The words that it occurs in, and maybe some that it no longer does.</summary>
    public ReadOnlySpan<int> Words => _words.AsSpan(0, _wordCount);

    /// <summary>Keys order as (left, right) do.</summary>
    public static ulong KeyOf(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    public void AddWord(int word)
    {
        if (_wordCount > 0 && _words[_wordCount - 1] == word)
            return;
        if (_wordCount == _words.Length)
            Array.Resize(ref _words, _wordCount * 2);
        _words[_wordCount++] = word;
    }
}
