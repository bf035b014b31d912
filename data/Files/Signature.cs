namespace MhcPipeline.Data.Files;

/// <summary>What a file that is no text in UTF-8 is, told by its first bytes.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Advice">How to make text of it.</param>
internal sealed record Signature(string Name, string Advice)
{
    private static readonly (byte[] Bytes, int At, Signature Signature)[] _known =
    [
        ([.. "%PDF-"u8], 0, new("PDF", "Extract its text, for example with `pdftotext`.")),
        ([.. "PAR1"u8], 0, new("parquet file", "Let its name end in .parquet.")),
        ([.. "ARROW1"u8], 0, new("Arrow file", "Write it as .parquet or .jsonl.")),
        ([.. "PK\u0003\u0004"u8], 0, new("zip archive", "Unpack it and give its folder; save office documents as text.")),
        ([.. "PK\u0005\u0006"u8], 0, new("zip archive", "It is empty.")),
        ([0x28, 0xB5, 0x2F, 0xFD], 0, new("zstd file", "Unpack it with `unzstd`, or compress it with gzip.")),
        ([0x1F, 0x8B], 0, new("gzip file without .gz at the end of its name", "Let its name end in .gz; unpack what is packed twice.")),
        ([0xFD, .. "7zXZ"u8], 0, new("xz file", "Unpack it with `unxz`, or compress it with gzip.")),
        ([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], 4, new("bzip2 file", "Unpack it with `bunzip2`, or compress it with gzip.")),
        ([.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], 0, new("7z archive", "Unpack it and give its folder.")),
        ([0x04, 0x22, 0x4D, 0x18], 0, new("lz4 file", "Unpack it with `unlz4`, or compress it with gzip.")),
        ([.. "ustar"u8], 257, new("tar archive", "Unpack it and give its folder.")),
        ([.. "SQLite format 3\0"u8], 0, new("SQLite database", "Write its text as .jsonl.")),
        ([0xFF, 0xFE, 0, 0], 0, new("UTF-32 text", "Convert it: `iconv -f UTF-32 -t UTF-8`.")),
        ([0, 0, 0xFE, 0xFF], 0, new("UTF-32 text", "Convert it: `iconv -f UTF-32 -t UTF-8`.")),
        ([0xFF, 0xFE], 0, new("UTF-16 text", "Convert it: `iconv -f UTF-16 -t UTF-8`.")),
        ([0xFE, 0xFF], 0, new("UTF-16 text", "Convert it: `iconv -f UTF-16 -t UTF-8`.")),
    ];

    /// <summary>What a file that begins with these bytes is; null for text.</summary>
    internal static Signature? Of(ReadOnlySpan<byte> head)
    {
        foreach ((byte[] bytes, int at, Signature signature) in _known)
        {
            if (head.Length >= at + bytes.Length && head.Slice(at, bytes.Length).SequenceEqual(bytes))
                return signature;
        }
        return head.Contains((byte)0) ? OfZeros(head) : null;
    }

    /// <summary>
    /// Text in UTF-16 or UTF-32 without a mark has its zeros where the high bytes of its characters are; other files have them anywhere.
    /// </summary>
    private static Signature OfZeros(ReadOnlySpan<byte> head)
    {
        Span<int> zeros = stackalloc int[4];
        zeros.Clear();
        for (int i = 0; i < head.Length; i++)
            zeros[i % 4] += head[i] == 0 ? 1 : 0;
        int quarter = head.Length / 4, most = quarter - (quarter / 8), few = quarter / 16;
        if (head.Length % 4 == 0 && zeros[2] >= most && zeros[1] >= most && zeros[0] <= few != zeros[3] <= few)
            return zeros[0] <= few ? new("UTF-32 text", "Convert it: `iconv -f UTF-32LE -t UTF-8`.") : new("UTF-32 text", "Convert it: `iconv -f UTF-32BE -t UTF-8`.");
        // Half of the characters in ASCII are enough: code and marks in any language have them.
        bool even = zeros[0] + zeros[2] > quarter, odd = zeros[1] + zeros[3] > quarter;
        if (head.Length % 2 == 0 && odd && zeros[0] + zeros[2] <= few)
            return new("UTF-16 text", "Convert it: `iconv -f UTF-16LE -t UTF-8`.");
        if (head.Length % 2 == 0 && even && zeros[1] + zeros[3] <= few)
            return new("UTF-16 text", "Convert it: `iconv -f UTF-16BE -t UTF-8`.");
        return new("binary file", "It holds NUL bytes. Give UTF-8 text, records or a table; unpack an archive and give its folder.");
    }
}
