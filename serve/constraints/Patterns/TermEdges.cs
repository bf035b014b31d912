namespace MhcPipeline.Constraints.Patterns;

/// <summary>What follows a term: ranges of code points, which together are all of them, and the term after each.</summary>
/// <param name="Firsts">The first code point of each range, from 0 on.</param>
/// <param name="Targets">The term after a code point of each range.</param>
internal sealed record TermEdges(int[] Firsts, Term[] Targets)
{
    /// <summary>The range that a code point is in.</summary>
    public int IndexOf(int codePoint)
    {
        int index = Array.BinarySearch(Firsts, codePoint);
        return index >= 0 ? index : ~index - 1;
    }

    /// <summary>The term after a code point.</summary>
    public Term After(int codePoint) => Targets[IndexOf(codePoint)];
}
