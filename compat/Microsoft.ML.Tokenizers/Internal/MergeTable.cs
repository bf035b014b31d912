using System.Numerics;

namespace Microsoft.ML.Tokenizers.Internal;

/// <summary>Pair of token ids to the rank of its merge and the id it makes: open addressing, one probe in most cases.</summary>
internal sealed class MergeTable
{
    public const int None = int.MaxValue;

    private readonly Entry[] _entries;
    private readonly int _shift;

    public MergeTable(int capacity)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity * 2, 16));
        _entries = new Entry[size];
        _shift = 64 - BitOperations.Log2((uint)size);
    }

    /// <summary>Adds a merge; false if the pair is already there.</summary>
    public bool Add(int left, int right, int rank, int merged)
    {
        ulong key = Key(left, right);
        int slot = Slot(key);
        while (_entries[slot].Key != 0)
        {
            if (_entries[slot].Key == key)
                return false;
            slot = (slot + 1) & (_entries.Length - 1);
        }
        _entries[slot] = new Entry(key, rank, merged);
        return true;
    }

    /// <summary>The rank of a pair's merge, or <see cref="None"/>.</summary>
    public int Rank(int left, int right, out int merged)
    {
        ulong key = Key(left, right);
        int slot = Slot(key);
        while (true)
        {
            ref readonly Entry entry = ref _entries[slot];
            if (entry.Key == key)
            {
                merged = entry.Merged;
                return entry.Rank;
            }
            if (entry.Key == 0)
            {
                merged = -1;
                return None;
            }
            slot = (slot + 1) & (_entries.Length - 1);
        }
    }

    // Plus one, so that no pair of ids has the key of an empty entry.
    private static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) + 1;

    private int Slot(ulong key) => (int)((key * 0x9E3779B97F4A7C15UL) >> _shift);

    private readonly record struct Entry(ulong Key, int Rank, int Merged);
}
