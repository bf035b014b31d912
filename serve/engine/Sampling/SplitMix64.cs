namespace MhcPipeline.Engine.Sampling;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014): small, and the same on every version of .NET, which a seed in a request promises.
/// </summary>
internal struct SplitMix64(long seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return (z >> 11) * (1.0 / (1UL << 53));
    }
}
