namespace MhcPipeline.Tokenization.Files;

/// <summary>A token that merges never make.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">True if it is no part of the text, and decoding leaves it out.</param>
public sealed record AddedToken(int Id, string Content, bool IsSpecial)
{
    /// <summary>True if it takes white space before it along.</summary>
    public bool StripsLeft { get; init; }

    /// <summary>True if it takes white space after it along.</summary>
    public bool StripsRight { get; init; }

    /// <summary>True if it is found only where no word continues it on either side.</summary>
    public bool IsSingleWord { get; init; }

    /// <summary>True if it is looked for only in what other tokens have left.</summary>
    public bool IsNormalized { get; init; }
}
