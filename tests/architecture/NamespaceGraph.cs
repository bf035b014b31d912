namespace MhcPipeline.Architecture.Tests;

/// <summary>Namespaces and which of them use which, with what shows it.</summary>
internal sealed class NamespaceGraph
{
    private readonly SortedDictionary<string, SortedDictionary<string, SortedSet<string>>> _uses = new(StringComparer.Ordinal);

    public void Add(string user, string used, string because)
    {
        if (user == used)
            return;
        SortedDictionary<string, SortedSet<string>> of = Of(user);
        Of(used);
        (of.TryGetValue(used, out SortedSet<string>? known) ? known : of[used] = new(StringComparer.Ordinal)).Add(because);
    }

    public bool Has(string user, string used) => Of(user).ContainsKey(used);

    /// <summary>Each set of namespaces that reach one another, as lines that say who uses whom there, and up to three reasons for each.</summary>
    public IReadOnlyList<string> Circles()
    {
        Dictionary<string, HashSet<string>> reached = _uses.Keys.ToDictionary(name => name, Reached);
        return [.. _uses.Keys
            .Where(name => reached[name].Contains(name))
            .GroupBy(name => string.Join(", ", reached[name].Where(other => reached[other].Contains(name)).Order(StringComparer.Ordinal)))
            .Select(circle => $"Circle of {circle.Key}:\n{string.Join('\n', circle.SelectMany(user => Lines(user, circle)))}")];
    }

    private IEnumerable<string> Lines(string user, IEnumerable<string> circle) =>
        from used in circle
        where Has(user, used)
        select $"    {user} -> {used}: {string.Join("; ", _uses[user][used].Take(3))}";

    private HashSet<string> Reached(string start)
    {
        HashSet<string> reached = [];
        Stack<string> ahead = new([start]);
        while (ahead.TryPop(out string? name))
        {
            foreach (string next in _uses[name].Keys.Where(reached.Add))
                ahead.Push(next);
        }
        return reached;
    }

    private SortedDictionary<string, SortedSet<string>> Of(string name) =>
        _uses.TryGetValue(name, out SortedDictionary<string, SortedSet<string>>? uses) ? uses : _uses[name] = new(StringComparer.Ordinal);
}
