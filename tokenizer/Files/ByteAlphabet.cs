using System.Text;

namespace MhcPipeline.Tokenization.Files;

/// <summary>
/// How byte-level vocabularies spell bytes as visible characters: printable ASCII and Latin-1 stand for themselves, the 68 other bytes
/// (controls, space, U+007F to U+00A0, U+00AD) for U+0100 and up, in order. Hugging Face's tokenizer.json uses it.
/// </summary>
public static class ByteAlphabet
{
    private static readonly char[] _charOf = new char[256];
    private static readonly short[] _byteOf = new short[256 + 68];

    static ByteAlphabet()
    {
        Array.Fill(_byteOf, (short)-1);
        char shifted = (char)256;
        for (int b = 0; b < 256; b++)
        {
            bool visible = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xFF and not 0xAD);
            _charOf[b] = visible ? (char)b : shifted++;
            _byteOf[_charOf[b]] = (short)b;
        }
    }

    /// <summary>The character that stands for a byte.</summary>
    public static char CharOf(byte value) => _charOf[value];

    /// <summary>Spells bytes, one character each.</summary>
    public static string Spell(ReadOnlySpan<byte> bytes)
    {
        var spelled = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
            spelled.Append(_charOf[b]);
        return spelled.ToString();
    }

    /// <summary>The bytes that a spelled token stands for; false if a character is not of the alphabet.</summary>
    public static bool TryUnspell(ReadOnlySpan<char> spelled, out byte[] bytes)
    {
        bytes = new byte[spelled.Length];
        for (int i = 0; i < spelled.Length; i++)
        {
            if (spelled[i] >= _byteOf.Length || _byteOf[spelled[i]] < 0)
                return false;
            bytes[i] = (byte)_byteOf[spelled[i]];
        }
        return true;
    }
}
