namespace MhcPipeline.Data.Files;

/// <summary>What a folder holds and is not read, counted by reason.</summary>
internal sealed class LeftOut
{
    private readonly SortedDictionary<string, (int Count, string First)> _reasons = new(StringComparer.Ordinal);

    /// <summary>Counts one more.</summary>
    /// <param name="reason">What it is: <c>PDF</c>, <c>pipe</c>.</param>
    /// <param name="relativePath">Its path inside the folder.</param>
    internal void Add(string reason, string relativePath) =>
        _reasons[reason] = _reasons.TryGetValue(reason, out (int Count, string First) seen) ? (seen.Count + 1, seen.First) : (1, relativePath);

    /// <summary>Adds all that another counted.</summary>
    internal void Add(LeftOut other)
    {
        foreach ((string reason, (int count, string first)) in other._reasons)
            _reasons[reason] = _reasons.TryGetValue(reason, out (int Count, string First) seen) ? (seen.Count + count, seen.First) : (count, first);
    }

    /// <summary>One line for people; null if everything is read.</summary>
    internal string? Note(string folder) => _reasons.Count == 0 ? null
        : $"Left out of {folder}: {string.Join("; ", _reasons.Select(entry => $"{entry.Key} ({entry.Value.Count}{(entry.Value.Count > 1 ? ", first " : ": ")}{entry.Value.First})"))}.";
}
