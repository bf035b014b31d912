using System.Text.RegularExpressions;

namespace MhcPipeline.Data.Records;

/// <summary>The fields of the data that were not read because they are no part of the text, each with the place where it was first seen.</summary>
internal sealed partial class UnreadFields
{
    private const int MostNamed = 12;
    private readonly Dictionary<string, string> _firstSeen = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Notes a field: the path inside its record, and the record's <c>file:line</c>.</summary>
    internal void Add(string field, string origin)
    {
        string name = Index().Replace(field, "[]");
        if (_firstSeen.TryAdd(name, origin))
            _order.Add(name);
    }

    /// <summary>One line for people; null if everything was read.</summary>
    internal string? Note()
    {
        if (_order.Count == 0)
            return null;
        string named = string.Join(", ", _order.Take(MostNamed).Select(name => $"`{name}` (first {_firstSeen[name]})"));
        return $"Fields that are not read: {named}{(_order.Count > MostNamed ? $" and {_order.Count - MostNamed} more" : "")}.";
    }

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();
}
