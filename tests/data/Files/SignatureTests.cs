using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using MhcPipeline.Core;
using Xunit;

namespace MhcPipeline.Data.Tests.Files;

public class SignatureTests
{
    public static TheoryData<string, byte[], string> Foreign => new()
    {
        { "a.txt", [.. "%PDF-1.4\nno zero"u8], "PDF. Extract its text" },
        { "a.txt", [.. "PAR1"u8, 1, 2, 3], "parquet file. Let its name end in .parquet" },
        { "a.docx", Zip(), "zip archive. Unpack it" },
        { "a.jsonl", [0x28, 0xB5, 0x2F, 0xFD, 4, 5, 6], "zstd file. Unpack it with `unzstd`" },
        { "a.txt", Gzip("text"u8.ToArray()), "gzip file without .gz" },
        { "a.txt.gz", Gzip("text"u8.ToArray()), "gzip file without .gz at the end of its name. Let its name end in .gz; unpack what is packed twice" },
        { "a.tar.gz", Tar(), "tar archive. Unpack it and give its folder" },
        { "a.parquet.gz", [.. "PAR1"u8, 1, 2, 3], "parquet file" },
        { "a.txt", [.. "SQLite format 3\0"u8], "SQLite" },
        { "a.txt", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("hello")], "iconv -f UTF-16 " },
        { "a.txt", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes("hello")], "iconv -f UTF-32 " },
        { "a.txt", Encoding.Unicode.GetBytes("Grüße aus Köln, 東京"), "iconv -f UTF-16LE " },
        { "a.txt", Encoding.BigEndianUnicode.GetBytes("hi"), "iconv -f UTF-16BE " },
        { "a.json", Encoding.UTF32.GetBytes("[{\"text\":\"x\"}]"), "iconv -f UTF-32LE " },
        { "a.txt", new UTF32Encoding(bigEndian: true, byteOrderMark: false).GetBytes("hello"), "iconv -f UTF-32BE " },
        { "a.txt", [.. "a line\n"u8, 0, .. "more\n"u8], "binary file. It holds NUL bytes" },
    };

    [Theory]
    [MemberData(nameof(Foreign))]
    public void A_file_of_another_kind_is_refused_with_what_helps(string name, byte[] content, string expected)
    {
        using ScratchFolder folder = new();
        string path = folder.Write(name, content);
        string message = Assert.Throws<PipelineException>(() => new TextSource(path).Read().Count()).Message;
        Assert.StartsWith($"{path} is not text in UTF-8 but looks like a ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Ünïcödé 東京 😀")]
    [InlineData("PK is no archive, nor is 7z")]
    [InlineData("x")]
    public void Text_is_text(string text)
    {
        using ScratchFolder folder = new();
        Assert.Equal(text, Assert.Single(new TextSource(folder.Write("a.txt", text)).Read()).Text);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream memory = new();
        using (GZipStream gzip = new(memory, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return memory.ToArray();
    }

    private static byte[] Zip()
    {
        using MemoryStream memory = new();
        using (ZipArchive zip = new(memory, ZipArchiveMode.Create, leaveOpen: true))
            zip.CreateEntry("a.txt");
        return memory.ToArray();
    }

    private static byte[] Tar()
    {
        using MemoryStream memory = new();
        using (TarWriter tar = new(memory, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "a.txt") { DataStream = new MemoryStream("text"u8.ToArray()) });
        return memory.ToArray();
    }
}
