using System.Numerics;
using MhcPipeline.Core.Seeds;

namespace MhcPipeline.Train.Data;

/// <summary>
/// A seeded shuffle of 0..count-1 that needs no memory: a Feistel network over the next power of four, walked along its cycle until it
/// lands inside (at most four rounds of the walk on average).
/// </summary>
/// <param name="seed">Chooses the order.</param>
/// <param name="count">How many numbers, at least 1.</param>
internal readonly struct Permutation(ulong seed, long count)
{
    private const int Rounds = 6;
    private readonly int _halfBits = Math.Max(1, (65 - BitOperations.LeadingZeroCount((ulong)(count - 1))) / 2);

    /// <summary>Where the number <paramref name="index"/> is sent.</summary>
    internal long this[long index]
    {
        get
        {
            ulong value = (ulong)index;
            do
                value = Once(value);
            while (value >= (ulong)count);
            return (long)value;
        }
    }

    private ulong Once(ulong value)
    {
        ulong mask = (1UL << _halfBits) - 1, left = value >> _halfBits, right = value & mask;
        for (int round = 0; round < Rounds; round++)
            (left, right) = (right, left ^ (SplitMix64.Hash(seed + (ulong)round, right) & mask));
        return (left << _halfBits) | right;
    }
}
