using MhcPipeline.Constraints.Parsing;

namespace MhcPipeline.Constraints.Json;

/// <summary>What an object has so far, apart from the automaton: as many keys as there may be cost no state.</summary>
internal sealed class ObjectProgress : IProgress, IEquatable<ObjectProgress>
{
    private readonly ulong[] _seen;

    public ObjectProgress(ulong[] seen, int last, int count, int pending)
    {
        _seen = seen;
        Last = last;
        Count = count;
        Pending = pending;
    }

    /// <summary>The place of the last key in the schema's order; -1 before the first.</summary>
    public int Last { get; }

    /// <summary>How many keys there are, as far as it matters.</summary>
    public int Count { get; }

    /// <summary>The key that has no value yet; -1 for none.</summary>
    public int Pending { get; }

    public bool Has(int key) => key >> 6 < _seen.Length && (_seen[key >> 6] & (1UL << key)) != 0;

    /// <summary>With one more key.</summary>
    public ObjectProgress With(int key, bool remember, int last, int count, int pending)
    {
        ulong[] seen = _seen;
        if (remember)
        {
            seen = new ulong[Math.Max(_seen.Length, (key >> 6) + 1)];
            _seen.CopyTo(seen, 0);
            seen[key >> 6] |= 1UL << key;
        }
        return new ObjectProgress(seen, last, count, pending);
    }

    /// <summary>When the key has its value's place.</summary>
    public ObjectProgress WithoutPending() => new(_seen, Last, Count, -1);

    public bool Equals(ObjectProgress? other) => other is not null && Last == other.Last && Count == other.Count && Pending == other.Pending && _seen.AsSpan().SequenceEqual(other._seen);

    public override bool Equals(object? obj) => Equals(obj as ObjectProgress);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Last);
        hash.Add(Count);
        hash.Add(Pending);
        foreach (ulong word in _seen)
            hash.Add(word);
        return hash.ToHashCode();
    }
}
