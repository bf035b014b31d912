namespace MhcPipeline.Core.Presets;

/// <summary>How text becomes tokens.</summary>
public sealed record TokenizerSettings
{
    /// <summary><c>bpe</c> (byte-level, trained on the data) or <c>char</c> (one token a byte, no merges).</summary>
    public string Kind { get; init; } = "bpe";

    /// <summary>Tokens to make, special tokens included; a small text may yield fewer. Kind <c>char</c> always has 259.</summary>
    public int VocabSize { get; init; }
}
