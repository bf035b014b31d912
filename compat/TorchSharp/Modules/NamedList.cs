using System.Collections;

namespace TorchSharp.Modules;

/// <summary>Values by name, in the order in which they were added.</summary>
internal sealed class NamedList<T> : IEnumerable<(string Name, T Value)>
{
    private readonly List<(string Name, T Value)> _entries = [];

    public bool Contains(string name) => _entries.Exists(entry => entry.Name == name);

    public bool TryAdd(string name, T value)
    {
        if (Contains(name)) return false;
        _entries.Add((name, value));
        return true;
    }

    public bool TryGetValue(string name, out T value)
    {
        int place = _entries.FindIndex(entry => entry.Name == name);
        value = place >= 0 ? _entries[place].Value : default!;
        return place >= 0;
    }

    public void Set(string name, T value) => _entries[_entries.FindIndex(entry => entry.Name == name)] = (name, value);

    public void Remove(string name) => _entries.RemoveAll(entry => entry.Name == name);

    public IEnumerator<(string Name, T Value)> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
