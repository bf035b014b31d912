using MhcPipeline.Core.Seeds;

namespace MhcPipeline.Core.Corpus.Values;

/// <summary>Which partition a value belongs to.</summary>
internal static class Partitions
{
    /// <summary>One value in this many is held out.</summary>
    private const uint HeldOutShare = 8;

    /// <summary>The partition of a value: FNV-1a of its characters with a final mix, so that neighbours like dates and amounts scatter.</summary>
    public static Partition Of(string value)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in value)
            hash = (hash ^ c) * 1099511628211;
        return SplitMix64.Mix(hash) % HeldOutShare == 0 ? Partition.HeldOut : Partition.Training;
    }
}
