using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace MhcPipeline.Tokenization.Tests;

/// <summary>Random texts and bytes: all of Unicode, with the things that tokenizers get wrong more often than chance would.</summary>
internal static class Texts
{
    private static readonly string[] _awkward =
    [
        "the", " the", "'s", "'LL", "\r\n", "\n", "  ", "\t", " ", "123", "4567", "é", "e\u0301", "日本語", "😀", "👩‍👩‍👧", "𝒜𝓑", "𠀀", "\u0085", "\u3000",
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "Ġ", "\0", "\uFEFF", "\uFFFD", "…", "!!", "-", "_", "\u00AD", "ſ", "K", "١٢٣", "Ⅷ", "\U0001D7D8\U0001D7D9",
    ];

    private static readonly Gen<string> _scalar =
        Gen.Choose(0, 0x10FFFF - 0x800).Select(value => new Rune(value < 0xD800 ? value : value + 0x800).ToString());

    public static Arbitrary<string> Any { get; } = Arb.From(
        Gen.ListOf(Gen.Frequency((3, Gen.Elements(_awkward)), (2, Gen.Choose(32, 126).Select(c => ((char)c).ToString())), (1, _scalar)))
            .Select(parts => string.Concat(parts)));

    public static Arbitrary<byte[]> Bytes { get; } = Arb.From(
        Gen.ListOf(Gen.Frequency(
                (2, Gen.Choose(0, 255).Select(b => new[] { (byte)b })),
                (2, Gen.Elements(_awkward).Select(Encoding.UTF8.GetBytes)),
                (1, Gen.Elements(_awkward).Select(text => Encoding.UTF8.GetBytes(text)[1..])),
                (1, Gen.Elements(_awkward).Select(text => Encoding.UTF8.GetBytes(text)[..^1]))))
            .Select(parts => parts.SelectMany(part => part).ToArray()));
}
