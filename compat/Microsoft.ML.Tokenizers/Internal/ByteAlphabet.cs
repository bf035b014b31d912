using System.Text;

namespace Microsoft.ML.Tokenizers.Internal;

/// <summary>The spelling of bytes as printable characters that GPT-2 introduced: printable Latin-1 stands for itself, the other 68 bytes follow from U+0100.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] _charOf = BuildCharOf();
    private static readonly short[] _byteOf = BuildByteOf(_charOf);

    /// <summary>Writes the UTF-8 bytes of a text, spelled; returns how many. A lone surrogate becomes its own three bytes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="destination">Room for three characters for each of the text.</param>
    /// <param name="origin">Empty, or for each written character the index of the one it comes from.</param>
    public static int Spell(ReadOnlySpan<char> text, Span<char> destination, Span<int> origin)
    {
        char[] charOf = _charOf;
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            int start = length;
            int first = i;
            uint c = text[i];
            if (c < 0x80)
            {
                destination[length++] = charOf[c];
            }
            else if (c < 0x800)
            {
                destination[length++] = charOf[0xC0 | (c >> 6)];
                destination[length++] = charOf[0x80 | (c & 0x3F)];
            }
            else if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                uint scalar = (uint)char.ConvertToUtf32(text[i], text[++i]);
                destination[length++] = charOf[0xF0 | (scalar >> 18)];
                destination[length++] = charOf[0x80 | ((scalar >> 12) & 0x3F)];
                destination[length++] = charOf[0x80 | ((scalar >> 6) & 0x3F)];
                destination[length++] = charOf[0x80 | (scalar & 0x3F)];
            }
            else
            {
                destination[length++] = charOf[0xE0 | (c >> 12)];
                destination[length++] = charOf[0x80 | ((c >> 6) & 0x3F)];
                destination[length++] = charOf[0x80 | (c & 0x3F)];
            }
            if (!origin.IsEmpty)
                origin[start..length].Fill(first);
        }
        return length;
    }

    /// <summary>Adds the bytes that a spelled token stands for; a character outside the alphabet stands for its own UTF-8 bytes.</summary>
    public static void Unspell(ReadOnlySpan<char> token, List<byte> bytes)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < token.Length; i++)
        {
            char c = token[i];
            if (c < _byteOf.Length && _byteOf[c] >= 0)
            {
                bytes.Add((byte)_byteOf[c]);
                continue;
            }
            Rune.DecodeFromUtf16(token[i..], out Rune rune, out int consumed);
            foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
                bytes.Add(b);
            i += consumed - 1;
        }
    }

    private static char[] BuildCharOf()
    {
        var charOf = new char[256];
        char next = (char)256;
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            charOf[b] = printable ? (char)b : next++;
        }
        return charOf;
    }

    private static short[] BuildByteOf(char[] charOf)
    {
        var byteOf = new short[charOf.Max() + 1];
        byteOf.AsSpan().Fill(-1);
        for (int b = 0; b < charOf.Length; b++)
            byteOf[charOf[b]] = (short)b;
        return byteOf;
    }
}
