namespace MhcPipeline.Train.Data;

/// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014) as a hash: the same on every runtime and machine.</summary>
internal static class SplitMix
{
    internal static ulong Hash(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    internal static ulong Hash(ulong first, ulong second) => Hash(Hash(first) ^ second);
}
