using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using Xunit;

namespace MhcPipeline.Data.Tests.Files;

public class FolderListingTests
{
    [Fact]
    public void A_linked_folder_is_read()
    {
        using ScratchFolder folder = new(), other = new();
        folder.Write("a.txt", "1");
        other.Write("deep/b.txt", "2");
        Directory.CreateSymbolicLink(folder.File("wiki"), other.Path);
        Assert.Equal(["a.txt", "wiki/deep/b.txt"], Listed(folder));
    }

    [Fact]
    public void What_is_linked_twice_or_stands_in_the_folder_too_is_read_once()
    {
        using ScratchFolder folder = new(), other = new();
        folder.Write("in/a.txt", "1");
        other.Write("b.txt", "2");
        Directory.CreateSymbolicLink(folder.File("0-up"), folder.Path);
        Directory.CreateSymbolicLink(folder.File("0-in"), folder.File("in"));
        Directory.CreateSymbolicLink(folder.File("in/up"), "..");
        File.CreateSymbolicLink(folder.File("again.txt"), folder.File("in/a.txt"));
        Directory.CreateSymbolicLink(folder.File("x"), other.Path);
        Directory.CreateSymbolicLink(folder.File("y"), other.Path);
        Directory.CreateSymbolicLink(other.File("back"), folder.Path);
        TextSource source = new(folder.Path);
        Assert.Equal(["1", "2"], source.Read().Select(item => item.Text));
        Assert.Equal(["in/a.txt", "x/b.txt"], source.Files.Select(file => file.RelativePath));
        Assert.Equal([$"Left out of {folder.Path}: link to what is read already (6, first 0-in)."], source.Notes);
    }

    [Fact]
    public void Two_names_of_a_file_that_are_no_links_are_two_files()
    {
        using ScratchFolder folder = new();
        folder.Write("a.txt", "1");
        Shell($"ln '{folder.File("a.txt")}' '{folder.File("b.txt")}'");
        Assert.Equal(["a.txt", "b.txt"], Listed(folder));
    }

    [Fact]
    public void Everything_left_out_is_said_in_one_line()
    {
        using ScratchFolder folder = new();
        folder.Write("a.txt", "text");
        folder.Write(".git/config", "hidden");
        folder.Write("log", "a line\nand a \0 byte\n");
        folder.Write("image", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13]);
        folder.Write("paper.txt", "%PDF-1.7 and no zero");
        folder.Write("utf16.txt", Encoding.Unicode.GetBytes("text without a mark"));
        TextSource source = new(folder.Path);
        Assert.Equal(["text"], source.Read().Select(item => item.Text));
        Assert.Equal([$"Left out of {folder.Path}: PDF (1: paper.txt); UTF-16 text (1: utf16.txt); binary file (2, first image); hidden entry (1: .git)."], source.Notes);
        Assert.Equal(source.Notes, AllNotes(source)); // reading again does not count twice
    }

    [Fact]
    public void A_folder_of_which_all_is_left_out_says_why()
    {
        using ScratchFolder folder = new();
        folder.Write("paper.pdf", "%PDF-1.7");
        string message = Assert.Throws<PipelineException>(() => new TextSource(folder.Path).Read().Count()).Message;
        Assert.Contains("holds no text", message, StringComparison.Ordinal);
        Assert.Contains("PDF (1: paper.pdf)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pipes_and_sockets_are_never_opened()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using ScratchFolder folder = new();
        folder.Write("a.txt", "text");
        Shell($"mkfifo '{folder.File("pipe.jsonl")}'");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.File("socket")));
        File.CreateSymbolicLink(folder.File("null.txt"), "/dev/null");
        TextSource source = new(folder.Path);
        Assert.Equal(["text"], source.Read().Select(item => item.Text));
        Assert.Equal([$"Left out of {folder.Path}: device (1: null.txt); pipe (1: pipe.jsonl); socket (1: socket)."], source.Notes);
        foreach ((string path, string kind) in new[] { (folder.File("pipe.jsonl"), "pipe"), (folder.File("socket"), "socket"), ("/dev/null", "device") })
            Assert.Contains($"{path} is a {kind}, which cannot be read twice", Assert.Throws<PipelineException>(() => new TextSource(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_left_out_and_said()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using ScratchFolder folder = new();
        folder.Write("good\uFFFD.txt", "text");
        Shell($"printf bad > '{folder.Path}/'$'b\\xff.txt'; mkdir '{folder.Path}/'$'d\\xfe'; printf bad > '{folder.Path}/'$'d\\xfe/c.txt'");
        TextSource source = new(folder.Path);
        Shell($"rm -r '{folder.Path}'/[bd]*"); // which the framework cannot
        Assert.Equal(["text"], source.Read().Select(item => item.Text));
        Assert.Equal([$"Left out of {folder.Path}: name that is not UTF-8 (2, first b\uFFFD.txt)."], source.Notes);
        Assert.Contains("Its name is not UTF-8", Assert.Throws<PipelineException>(() => new TextSource(folder.File("b\uFFFD.txt"))).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Listed(ScratchFolder folder) => new TextSource(folder.Path).Files.Select(file => file.RelativePath);

    private static IReadOnlyList<string> AllNotes(TextSource source)
    {
        foreach (TextItem _ in source.Read())
        {
        }
        return source.Notes;
    }

    private static void Shell(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-c", command]))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
