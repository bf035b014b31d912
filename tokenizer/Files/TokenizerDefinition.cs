namespace MhcPipeline.Tokenization.Files;

/// <summary>What a tokenizer.json of byte-level BPE says.</summary>
public sealed record TokenizerDefinition
{
    /// <summary>Spelled token (see <see cref="ByteAlphabet"/>) to id; has all 256 single bytes.</summary>
    public required IReadOnlyDictionary<string, int> Vocabulary { get; init; }

    /// <summary>"left right" in spelled tokens, in order of preference.</summary>
    public required IReadOnlyList<string> Merges { get; init; }

    /// <summary>Special and other added tokens.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>The pattern of pieces.</summary>
    public required string Pattern { get; init; }

    /// <summary>True if a piece that is a token as a whole is taken as that token, whatever the merges would make of it.</summary>
    public bool IgnoreMerges { get; init; }
}
