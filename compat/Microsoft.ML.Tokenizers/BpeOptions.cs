namespace Microsoft.ML.Tokenizers;

/// <summary>What a <see cref="BpeTokenizer"/> is made of.</summary>
public sealed class BpeOptions
{
    public BpeOptions(IEnumerable<KeyValuePair<string, int>> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
    }

    public IEnumerable<KeyValuePair<string, int>> Vocabulary { get; }

    /// <summary>"left right" in order of preference.</summary>
    public IEnumerable<string>? Merges { get; set; }

    public IReadOnlyDictionary<string, int>? SpecialTokens { get; set; }

    public Normalizer? Normalizer { get; set; }

    /// <summary>Null means <see cref="PreTokenizer.CreateWordOrNonWord"/>.</summary>
    public PreTokenizer? PreTokenizer { get; set; }

    public string? UnknownToken { get; set; }

    public bool FuseUnknownTokens { get; set; }

    public string? ContinuingSubwordPrefix { get; set; }

    public string? EndOfWordSuffix { get; set; }

    /// <summary>Encodes the UTF-8 bytes of the text, each spelled as a printable character (space as Ġ).</summary>
    public bool ByteLevel { get; set; }
}
