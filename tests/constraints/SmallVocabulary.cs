using System.Text;
using MhcPipeline.Constraints.Vocabularies;

namespace MhcPipeline.Constraints.Tests;

/// <summary>Every byte, some pieces of JSON and of words that cross the borders of lexemes and of characters, and a token that ends the answer.</summary>
internal static class SmallVocabulary
{
    private static readonly string[] _pieces =
    [
        "\",\"", "\":", "\":\"", "{\"", "\"}", "},{", "[[", "]]", "],", "\\u00", "\\\"", "tr", "true", "null,", "12", "0.5", "-1", "1,2", "name", "e\"", "\"name\":", "ab", "abc", "é", "€", "日本", "-0", "e+1", "2024-", "\", \"", ": ", ", ",
    ];

    public static Vocabulary Instance { get; } = Make();

    public static int End => Instance.Size - 1;

    private static Vocabulary Make()
    {
        List<ReadOnlyMemory<byte>> tokens = [.. Enumerable.Range(0, 256).Select(b => (ReadOnlyMemory<byte>)new[] { (byte)b })];
        tokens.AddRange(_pieces.Select(piece => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(piece)));
        tokens.Add(Encoding.UTF8.GetBytes("€")[..2]); // ends inside a character
        tokens.Add(new byte[] { 0xAC, (byte)'"' }); // ends a character and the string after it
        tokens.Add(default); // a special token
        tokens.Add(default); // the end
        return new Vocabulary(tokens, [tokens.Count - 1]);
    }
}
