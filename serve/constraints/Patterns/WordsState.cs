using System.Text;

namespace MhcPipeline.Constraints.Patterns;

/// <summary>A place in the tree of a list of words: matches what is left of those that begin as what was read.</summary>
internal sealed class WordsState : ILeafState
{
    private readonly SortedDictionary<int, WordsState> _next = [];

    public bool Accepts { get; private set; }

    public static WordsState Of(IEnumerable<string> words)
    {
        var root = new WordsState();
        foreach (string word in words)
        {
            WordsState at = root;
            foreach (Rune rune in word.EnumerateRunes())
                at = at._next.TryGetValue(rune.Value, out WordsState? next) ? next : at._next[rune.Value] = new WordsState();
            at.Accepts = true;
        }
        return root;
    }

    public ILeafState? Next(int codePoint) => _next.GetValueOrDefault(codePoint);

    public void AddBoundaries(List<int> firsts)
    {
        foreach (int codePoint in _next.Keys)
        {
            firsts.Add(codePoint);
            firsts.Add(codePoint + 1);
        }
    }
}
