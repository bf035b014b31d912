using MhcPipeline.Core.Seeds;

namespace MhcPipeline.Core.Corpus.Values;

/// <summary>Choices that a seed decides: a seed means the same documents on every runtime.</summary>
internal sealed class SeededRandom
{
    private SplitMix64 _values;

    /// <summary>A stream of its own for each seed, partition and index, so that a document does not depend on the ones before it.</summary>
    public SeededRandom(ulong seed, Partition partition, int index) =>
        _values = new SplitMix64(SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Hash(seed) + (ulong)partition) + (ulong)index));

    /// <summary>0 to <paramref name="bound"/> - 1. The bias of the multiplication is below bound / 2^64.</summary>
    public int Below(int bound) => (int)Math.BigMul(_values.Next(), (ulong)bound, out _);

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
