namespace Microsoft.ML.Tokenizers;

/// <summary>What an encoder returns: the tokens (or ids), the normalized text if there was a normalizer, and how far it read.</summary>
public struct EncodeResults<T>
{
    public IReadOnlyList<T> Tokens { get; set; }

    public string? NormalizedText { get; set; }

    public int CharsConsumed { get; set; }
}
