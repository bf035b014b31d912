using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace MhcPipeline.Compat.Tests.Tokenizers;

/// <summary>A byte-level vocabulary whose ids of single bytes are the bytes, with a few merges.</summary>
internal static class SmallBpe
{
    public static BpeTokenizer ByteLevel(string pattern = @" ?\w+|\s+|[^\w\s]+", IReadOnlyDictionary<string, int>? special = null)
    {
        var vocabulary = new Dictionary<string, int>();
        int shifted = 256;
        for (int b = 0; b < 256; b++)
        {
            bool visible = b is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;
            vocabulary.Add(((char)(visible ? b : shifted++)).ToString(), b);
        }
        vocabulary.Add("th", 256);
        vocabulary.Add("the", 257);
        return BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = ["t h", "th e"],
            ByteLevel = true,
            SpecialTokens = special,
            PreTokenizer = new RegexPreTokenizer(new Regex(pattern), special),
        });
    }
}
