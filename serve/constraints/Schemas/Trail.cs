namespace MhcPipeline.Constraints.Schemas;

/// <summary>Where in a value one is, and the first places at which it broke a keyword.</summary>
internal sealed class Trail
{
    private const int MostFailures = 20;

    private readonly List<string> _path = [];

    /// <summary>Pairs of a value's JSON pointer and the keyword that it broke.</summary>
    public List<(string Value, Occurrence Keyword)> Failures { get; } = [];

    public void Enter(string name) => _path.Add(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    public void Fail(Occurrence? keyword)
    {
        if (keyword is not null && Failures.Count < MostFailures)
            Failures.Add((string.Concat(_path.Select(name => "/" + name)), keyword));
    }

    /// <summary>Whether a formula holds of a part of the value; where it does not and says nothing more exact, its keyword is the one that is broken.</summary>
    public static bool Ask(Formula formula, System.Text.Json.JsonElement value, Trail? trail)
    {
        int before = trail?.Failures.Count ?? 0;
        if (formula.Holds(value, trail))
            return true;
        if (trail is not null && trail.Failures.Count == before)
            trail.Fail(formula.Source);
        return false;
    }
}
