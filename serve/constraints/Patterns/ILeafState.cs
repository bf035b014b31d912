namespace MhcPipeline.Constraints.Patterns;

/// <summary>A state of a deterministic automaton over code points; records, so that equal states are one.</summary>
internal interface ILeafState
{
    /// <summary>Whether a text that ends here matches.</summary>
    bool Accepts { get; }

    /// <summary>The state after a code point; null when no text that goes on so matches.</summary>
    ILeafState? Next(int codePoint);

    /// <summary>Adds the first of each range of code points which <see cref="Next"/> treats alike.</summary>
    void AddBoundaries(List<int> firsts);
}
