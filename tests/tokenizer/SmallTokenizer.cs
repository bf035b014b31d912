using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Pieces;

namespace MhcPipeline.Tokenization.Tests;

/// <summary>256 bytes, given merges, and the three special tokens.</summary>
internal static class SmallTokenizer
{
    public static TextTokenizer Create(params string[] merges) => TextTokenizer.Create(Define(merges));

    public static TokenizerDefinition Define(params string[] merges)
    {
        var vocabulary = new Dictionary<string, int>();
        for (int b = 0; b < 256; b++)
            vocabulary.Add(ByteAlphabet.CharOf((byte)b).ToString(), b);
        foreach (string merge in merges)
            vocabulary.Add(merge.Replace(" ", "", StringComparison.Ordinal), vocabulary.Count);
        int first = vocabulary.Count;
        return new TokenizerDefinition
        {
            Vocabulary = vocabulary,
            Merges = merges,
            AddedTokens = [.. SpecialTokens.All.Select((token, i) => new AddedToken(first + i, token, true))],
            Pattern = PiecePattern.Text,
        };
    }
}
