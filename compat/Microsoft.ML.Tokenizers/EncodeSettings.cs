namespace Microsoft.ML.Tokenizers;

/// <summary>How to encode: whether to normalize and to pre-tokenize, and after how many tokens to stop.</summary>
public struct EncodeSettings
{
    public EncodeSettings() => MaxTokenCount = int.MaxValue;

    public bool ConsiderNormalization { get; set; }

    public bool ConsiderPreTokenization { get; set; }

    public int MaxTokenCount { get; set; }
}
