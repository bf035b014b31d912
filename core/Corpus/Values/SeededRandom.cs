namespace MhcPipeline.Core.Corpus.Values;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014), written out so that a seed means the same documents on every runtime.
/// </summary>
internal sealed class SeededRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    /// <summary>A stream of its own for each seed, partition and index, so that a document does not depend on the ones before it.</summary>
    public SeededRandom(ulong seed, Partition partition, int index) =>
        _state = Mix(Mix(Mix(seed + Golden) + (ulong)partition) + (ulong)index);

    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private ulong Next() => Mix(_state += Golden);

    /// <summary>0 to <paramref name="bound"/> - 1. The bias of the multiplication is below bound / 2^64.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    public int Between(int low, int high) => low + Below(high - low + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public T Pick<T>(IReadOnlyList<T> values) => values[Below(values.Count)];

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    public void Shuffle<T>(List<T> values)
    {
        for (int i = values.Count - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
