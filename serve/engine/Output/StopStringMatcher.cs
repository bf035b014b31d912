namespace MhcPipeline.Engine.Output;

/// <summary>
/// Finds the first stop string in a text that arrives in pieces, and holds back text that may yet become one.
/// The match that ends first counts, then the one that starts first, so that the pieces' borders make no difference.
/// </summary>
internal sealed class StopStringMatcher(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>True once a stop string came up; nothing may be appended then.</summary>
    public bool Matched { get; private set; }

    /// <summary>Takes the next piece; returns the text that is now certain to belong to the output.</summary>
    public string Append(string piece)
    {
        if (stops.Count == 0)
        {
            return piece;
        }
        string text = _held + piece;
        (int start, int end) = FirstMatch(text);
        if (end >= 0)
        {
            Matched = true;
            _held = "";
            return text[..start];
        }
        int certain = text.Length - PossibleStart(text);
        _held = text[certain..];
        return text[..certain];
    }

    /// <summary>The text was the last: returns what was held back.</summary>
    public string Flush()
    {
        string text = _held;
        _held = "";
        return text;
    }

    private (int Start, int End) FirstMatch(string text)
    {
        (int Start, int End) first = (-1, -1);
        foreach (string stop in stops)
        {
            int start = text.IndexOf(stop, StringComparison.Ordinal);
            int end = start + stop.Length;
            if (start >= 0 && (first.End < 0 || end < first.End || (end == first.End && start < first.Start)))
            {
                first = (start, end);
            }
        }
        return first;
    }

    /// <summary>Length of the longest end of the text that a stop string starts with.</summary>
    private int PossibleStart(string text)
    {
        int longest = 0;
        foreach (string stop in stops)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
