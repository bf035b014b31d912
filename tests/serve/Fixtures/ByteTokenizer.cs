using MhcPipeline.Tokenization;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Pieces;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>A tokenizer with one token a byte, ids 0 to 255, and the special tokens after them: 256 end of text, 257 and 258 for chat.</summary>
internal static class ByteTokenizer
{
    public static TokenizerDefinition Definition { get; } = new()
    {
        Vocabulary = Enumerable.Range(0, 256).ToDictionary(value => ByteAlphabet.CharOf((byte)value).ToString(), value => value),
        Merges = [],
        AddedTokens = [.. SpecialTokens.All.Select((token, i) => new AddedToken(256 + i, token, true))],
        Pattern = PiecePattern.Text,
    };

    public static TextTokenizer Create() => TextTokenizer.Create(Definition);
}
