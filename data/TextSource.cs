using MhcPipeline.Core.Text;
using MhcPipeline.Core;
using MhcPipeline.Data.Files;
using MhcPipeline.Data.Formats;

namespace MhcPipeline.Data;

/// <summary>
/// Reads training data from a file or a folder, one item at a time and in a fixed order, in memory bounded by
/// <see cref="MaxPieceBytes"/> and the longest JSON line.
/// <list type="bullet">
/// <item><c>.jsonl</c> and <c>.ndjson</c>: each line is an object with <c>messages</c> (a list of <c>role</c> and <c>content</c>, the
/// content a string or a list of <c>{"type": "text", "text": ...}</c>) or, without those, with <c>text</c>. Each line is a document.</item>
/// <item>Any other name is plain text in UTF-8: one document a file, except that a line which is exactly
/// <c>&lt;|endoftext|&gt;</c> ends a document, as is customary in published text files.</item>
/// <item>Either kind with <c>.gz</c> at the end of its name is decompressed as it is read.</item>
/// <item>A folder stands for its files at any depth, in ordinal order of their relative paths. Names that begin with a dot and
/// files that hold NUL bytes near their start (images, archives) are left out.</item>
/// </list>
/// </summary>
public static class TextSource
{
    /// <summary>Longest piece of plain text in one item, in bytes of UTF-8: pieces are cut after a line where there is one.</summary>
    public const int MaxPieceBytes = 1 << 20;

    /// <summary>Longest JSON line, in bytes.</summary>
    public const int MaxJsonLineBytes = 64 << 20;

    /// <summary>Reads the items of <paramref name="path"/> lazily.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="progress">Called on the reading thread after each item's bytes were read.</param>
    /// <exception cref="PipelineException">
    /// While enumerating: the path is missing or cannot be read, a file is not what its name says (line named), or there is no text at all.
    /// </exception>
    public static IEnumerable<TextItem> Read(string path, Action<TextProgress>? progress = null)
    {
        bool inFolder = Directory.Exists(path);
        IReadOnlyList<TextFile> files = Files(path);
        long total = files.Sum(file => file.Bytes), before = 0;
        bool any = false;
        foreach (TextFile file in files)
        {
            using ByteLines lines = new(file.Path);
            bool skip = lines.LooksBinary();
            if (skip && !inFolder)
                throw new PipelineException($"{file.Path} is not text: it holds NUL bytes. Give UTF-8 text or JSON lines; unpack an archive and give its folder.");
            foreach (TextItem item in skip ? [] : IsJsonLines(file.Path) ? JsonLines.Read(lines) : PlainText.Read(lines))
            {
                any = true;
                progress?.Invoke(new TextProgress(before + Math.Min(lines.BytesRead, file.Bytes), total));
                yield return item;
            }
            before += file.Bytes;
            progress?.Invoke(new TextProgress(before, total));
        }
        if (!any)
            throw new PipelineException($"{path} holds no text ({files.Count} files, {total} bytes). Give a text file, a .jsonl file or a folder of them.");
    }

    /// <summary>The files that <see cref="Read"/> reads, in its order: what a fingerprint of the data is made of.</summary>
    /// <exception cref="PipelineException">The path is missing or cannot be listed.</exception>
    public static IReadOnlyList<TextFile> Files(string path)
    {
        try
        {
            if (File.Exists(path))
                return [Describe(new FileInfo(path), Path.GetFileName(path))];
            if (!Directory.Exists(path))
                throw new PipelineException($"There is no file or folder {path}. Give a text file, a .jsonl file or a folder of them as DATA.");
            List<TextFile> files = [];
            Collect(new DirectoryInfo(path), "", files);
            files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be listed: {e.Message}", e);
        }
    }

    private static void Collect(DirectoryInfo folder, string prefix, List<TextFile> files)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.Name.StartsWith('.'))
                continue;
            if (entry is FileInfo file)
                files.Add(Describe(file, prefix + file.Name));
            else if (entry.LinkTarget is null) // a link to a folder could lead back up
                Collect((DirectoryInfo)entry, $"{prefix}{entry.Name}/", files);
        }
    }

    private static TextFile Describe(FileInfo file, string relative)
    {
        FileInfo content = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        if (!content.Exists)
            throw new PipelineException($"{file.FullName} is a link to {content.FullName}, which does not exist. Mend or remove the link.");
        return new TextFile(file.FullName, relative, content.Length, content.LastWriteTimeUtc);
    }

    private static bool IsJsonLines(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".ndjson", StringComparison.OrdinalIgnoreCase);
    }
}
