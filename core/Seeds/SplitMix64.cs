namespace MhcPipeline.Core.Seeds;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014) and its finaliser as a hash: small, and the same on every runtime and machine,
/// which a seed in a preset or a request promises.
/// </summary>
/// <param name="seed">Where the sequence starts; every value will do.</param>
public struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>The finaliser alone: a bijection of 64 bits that leaves no pattern but 0, which it maps to itself.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The first value of the sequence that starts at <paramref name="value"/>.</summary>
    public static ulong Hash(ulong value) => Mix(value + Step);

    /// <summary>A hash of two values, in this order.</summary>
    public static ulong Hash(ulong first, ulong second) => Hash(Hash(first) ^ second);

    /// <summary>The next value, uniform over all of 64 bits.</summary>
    public ulong Next() => Mix(_state += Step);

    /// <summary>The next value, uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
