namespace MhcPipeline.Tokenization;

/// <summary>The tokens that stand outside the text. They have the last ids of a vocabulary, in this order.</summary>
public static class SpecialTokens
{
    /// <summary>Separates documents; begins and ends plain text.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Begins a chat turn.</summary>
    public const string ImStart = "<|im_start|>";

    /// <summary>Ends a chat turn.</summary>
    public const string ImEnd = "<|im_end|>";

    /// <summary>All of them, in the order of their ids.</summary>
    public static IReadOnlyList<string> All { get; } = [EndOfText, ImStart, ImEnd];
}
