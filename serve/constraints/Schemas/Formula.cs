using System.Text.Json;

namespace MhcPipeline.Constraints.Schemas;

/// <summary>What a schema says of a value, as a Boolean combination of simple statements, each of which is true of values of other kinds than its own.</summary>
internal abstract class Formula
{
    /// <summary>The order in which formulas were made.</summary>
    public int Id { get; set; }

    /// <summary>The keyword that says it.</summary>
    public Occurrence? Source { get; init; }

    /// <summary>The kinds of values that it speaks of.</summary>
    public virtual JsonKinds Subject => JsonKinds.All;

    /// <summary>Whether it holds of a value, exactly.</summary>
    /// <param name="value">The value.</param>
    /// <param name="trail">Takes where it does not hold; null to only ask.</param>
    public abstract bool Holds(JsonElement value, Trail? trail);
}
