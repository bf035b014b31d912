using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using Xunit;

namespace MhcPipeline.Data.Tests;

public class TextSourceTests
{
    [Fact]
    public void A_text_file_is_one_document()
    {
        using ScratchFolder folder = new();
        string path = Write(folder, "a.txt", "Hello,\nworld.\n");
        Assert.Equal([new TextItem { Text = "Hello,\nworld.\n", Origin = path + ":1" }], new TextSource(path).Read());
    }

    [Theory]
    [InlineData("a.md")]
    [InlineData("notes")]
    [InlineData("a.cs")]
    public void Any_name_that_is_not_JSON_lines_is_plain_text(string name)
    {
        using ScratchFolder folder = new();
        Assert.Equal("{\"text\":1}", Assert.Single(new TextSource(Write(folder, name, "{\"text\":1}")).Read()).Text);
    }

    [Fact]
    public void A_separator_line_ends_a_document()
    {
        using ScratchFolder folder = new();
        string path = Write(folder, "a.txt", "one\n<|endoftext|>\ntwo <|endoftext|> still two\n<|endoftext|>\r\n<|endoftext|>\nthree\n<|endoftext|>");
        TextItem[] items = [.. new TextSource(path).Read()];
        Assert.Equal(["one\n", "two <|endoftext|> still two\n", "three\n"], items.Select(item => item.Text));
        Assert.Equal([":1", ":3", ":6"], items.Select(item => item.Origin[^2..]));
        Assert.DoesNotContain(items, item => item.Continues);
    }

    [Fact]
    public void A_long_text_comes_in_pieces_that_end_with_a_line()
    {
        using ScratchFolder folder = new();
        string text = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"line {i}\n"));
        TextItem[] items = [.. new TextSource(Write(folder, "a.txt", text)).Read()];
        Assert.True(items.Length > 2);
        Assert.Equal(text, string.Concat(items.Select(item => item.Text)));
        Assert.All(items, item => Assert.EndsWith("\n", item.Text, StringComparison.Ordinal));
        Assert.All(items, item => Assert.InRange(item.Text!.Length, 1, TextSource.MaxPieceBytes));
        Assert.Equal([.. Enumerable.Repeat(true, items.Length - 1), false], items.Select(item => item.Continues));
        Assert.EndsWith($":{items[0].Text!.Count(c => c == '\n') + 1}", items[1].Origin, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("é", 1)]
    [InlineData("世", 0)]
    [InlineData("😀", 3)]
    public void A_long_text_without_lines_is_cut_between_characters(string character, int shift)
    {
        using ScratchFolder folder = new();
        string text = new string('x', shift) + string.Concat(Enumerable.Repeat(character, 1_000_000));
        TextItem[] items = [.. new TextSource(Write(folder, "a.txt", text)).Read()];
        Assert.True(items.Length > 1);
        Assert.Equal(text, string.Concat(items.Select(item => item.Text)));
    }

    [Fact]
    public void Any_text_comes_back_whole() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), given =>
        {
            string text = new([.. given.Get.Where(c => c != '\0' && !char.IsSurrogate(c)), 'x']);
            using ScratchFolder folder = new();
            Assert.Equal(text.TrimStart('\uFEFF'), string.Concat(new TextSource(Write(folder, "a.txt", text)).Read().Select(item => item.Text)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(7, 11));

    [Fact]
    public void A_byte_order_mark_is_left_out()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder.File("a.txt"), "hi", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        File.WriteAllText(folder.File("b.jsonl"), "{\"text\":\"ho\"}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(["hi", "ho"], new TextSource(folder.Path).Read().Select(item => item.Text));
    }

    [Fact]
    public void A_folder_is_read_deep_and_in_ordinal_order_without_hidden_and_binary_files()
    {
        using ScratchFolder folder = new();
        Write(folder, "b/z.txt", "3");
        Write(folder, "b.txt", "2");
        Write(folder, "B.md", "1");
        Write(folder, "b/c/a.jsonl", "{\"text\":\"4\"}\n");
        Write(folder, ".git/config", "hidden");
        Write(folder, "b/.notes", "hidden");
        Write(folder, "image.png", "\u0089PNG\0\0");
        Assert.Equal(["1", "2", "4", "3"], new TextSource(folder.Path).Read().Select(item => item.Text));
        Assert.Equal(["B.md", "b.txt", "b/c/a.jsonl", "b/z.txt", "image.png"], new TextSource(folder.Path).Files.Select(file => file.RelativePath));
    }

    [Fact]
    public void Gzip_of_either_kind_is_decompressed_in_several_members_too()
    {
        using ScratchFolder folder = new();
        File.WriteAllBytes(folder.File("a.txt.gz"), [.. Gzip("one "), .. Gzip("document")]);
        File.WriteAllBytes(folder.File("b.jsonl.gz"), Gzip("{\"text\":\"line\"}\n"));
        Assert.Equal(["one document", "line"], new TextSource(folder.Path).Read().Select(item => item.Text));
    }

    [Fact]
    public void Progress_counts_the_bytes_on_disk_and_ends_at_all_of_them()
    {
        using ScratchFolder folder = new();
        Write(folder, "a.txt", new string('a', 3000));
        File.WriteAllBytes(folder.File("b.txt.gz"), Gzip(new string('b', 100_000)));
        long total = new TextSource(folder.Path).Files.Sum(file => file.Bytes);
        List<TextProgress> seen = [];
        Assert.Equal(2, new TextSource(folder.Path).Read(seen.Add).Count());
        Assert.Equal(seen.Select(p => p.BytesRead).Order(), seen.Select(p => p.BytesRead));
        Assert.All(seen, progress => Assert.Equal(total, progress.TotalBytes));
        Assert.Equal(total, seen[^1].BytesRead);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_named_by_line()
    {
        using ScratchFolder folder = new();
        File.WriteAllBytes(folder.File("a.txt"), [.. "one\ntwo\nth"u8, 0xE9, .. "ree\n"u8]);
        Assert.Contains("a.txt:3: byte 0xE9 is not UTF-8", Error(folder.File("a.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void UTF16_is_named()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder.File("a.txt"), "hello", Encoding.Unicode);
        Assert.Contains("looks like a UTF-16 text. Convert it: `iconv -f UTF-16 ", Error(folder.File("a.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_binary_file_given_by_name_is_refused()
    {
        using ScratchFolder folder = new();
        Assert.Contains("NUL bytes", Error(Write(folder, "a.bin", "a\0b")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_or_damaged_gzip_file_is_named()
    {
        using ScratchFolder folder = new();
        byte[] whole = Gzip(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i * 7919L % 104729}\n")));
        File.WriteAllBytes(folder.File("cut.txt.gz"), whole[..(whole.Length / 2)]);
        Assert.Contains("cut.txt.gz is not a whole gzip file", Error(folder.File("cut.txt.gz")), StringComparison.Ordinal);
        File.WriteAllText(folder.File("text.txt.gz"), "not compressed at all");
        Assert.Contains("text.txt.gz is not a whole gzip file", Error(folder.File("text.txt.gz")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.jsonl")]
    [InlineData("a.txt.gz")]
    public void An_empty_file_is_no_data(string name)
    {
        using ScratchFolder folder = new();
        Assert.Contains("holds no text", Error(Write(folder, name, "")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_text_is_no_data()
    {
        using ScratchFolder folder = new();
        Assert.Contains("holds no text (0 files", Error(folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_path_is_named()
    {
        using ScratchFolder folder = new();
        Assert.Contains($"There is no file or folder {folder.File("none.txt")}", Error(folder.File("none.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_nothing_is_named()
    {
        using ScratchFolder folder = new();
        File.CreateSymbolicLink(folder.File("link.txt"), folder.File("gone.txt"));
        Assert.Contains("gone.txt, which does not exist", Error(folder.Path), StringComparison.Ordinal);
    }

    private static string Error(string path) => Assert.Throws<PipelineException>(() => new TextSource(path).Read().Count()).Message;

    private static string Write(ScratchFolder folder, string name, string text)
    {
        string path = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static byte[] Gzip(string text)
    {
        using MemoryStream memory = new();
        using (GZipStream gzip = new(memory, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return memory.ToArray();
    }
}
