namespace MhcPipeline.Tokenization.Files;

/// <summary>A token that merges never make.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">True if it is no part of the text, and decoding leaves it out.</param>
public sealed record AddedToken(int Id, string Content, bool IsSpecial);
