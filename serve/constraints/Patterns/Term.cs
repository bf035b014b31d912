namespace MhcPipeline.Constraints.Patterns;

/// <summary>
/// A regular expression over code points with intersection and complement. Terms of one <see cref="Terms"/> that say the same in the same way are the same object,
/// so a term is also the state of an automaton: what follows it is its derivative (Brzozowski, 1964).
/// </summary>
internal abstract class Term
{
    /// <summary>Bit (start ? 1 : 0) + (end ? 2 : 0): whether the empty text matches at the start and at the end of the whole text, or apart from them.</summary>
    public byte Nullability { get; init; }

    /// <summary>Whether a <see cref="StartTerm"/> is inside.</summary>
    public bool HasStart { get; init; }

    /// <summary>Whether the term could be without any text although it is not <see cref="NothingTerm"/>: it has an intersection, a complement, an end or a leaf.</summary>
    public bool NeedsSearch { get; init; }

    /// <summary>The order in which terms were made, which sorts the members of alternatives.</summary>
    public int Id { get; set; }

    /// <summary>Null until it was searched for.</summary>
    public bool? Live { get; set; }

    /// <summary>What follows a code point, apart from the start; null until asked for.</summary>
    public TermEdges? Edges { get; set; }

    /// <summary>What follows the first code point of a text; null until asked for.</summary>
    public TermEdges? StartEdges { get; set; }

    /// <summary>Whether the term matches the empty text.</summary>
    public bool Matches(bool start, bool end) => (Nullability & (1 << ((start ? 1 : 0) + (end ? 2 : 0)))) != 0;

    public override int GetHashCode() => Id;
}
