namespace MhcPipeline.Constraints.Schemas;

/// <summary>A keyword at a place of a schema, and what becomes of it.</summary>
/// <param name="path">The keyword's JSON pointer.</param>
/// <param name="keyword">The keyword.</param>
internal sealed class Occurrence(string path, string keyword)
{
    public string Path => path;

    public string Keyword => keyword;

    /// <summary>Why it is not enforced; null where it is.</summary>
    public string? Note { get; private set; }

    /// <summary>Whether it can be neither enforced nor checked.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>It is only checked.</summary>
    public void Check(string why) => Note ??= why;

    /// <summary>It is refused.</summary>
    public void Refuse(string why)
    {
        Note ??= why;
        IsRefused = true;
    }
}
