using MhcPipeline.Core;
using MhcPipeline.Core.Text;
using MhcPipeline.Data.Files;
using MhcPipeline.Data.Formats;
using MhcPipeline.Data.Records;

namespace MhcPipeline.Data;

/// <summary>
/// Training data in a file or a folder, read one item at a time and in a fixed order, in memory bounded by <see cref="MaxPieceBytes"/>,
/// the longest record and, of parquet files, the largest row group.
/// <list type="bullet">
/// <item><c>.jsonl</c> and <c>.ndjson</c>: a record a line. <c>.json</c>: a list of records, or records one after the other.
/// <c>.parquet</c>: a record a row.</item>
/// <item>A record is what its fields say, so a file may mix them: <c>messages</c> or <c>conversations</c>, a list of turns with <c>role</c>
/// and <c>content</c> or with <c>from</c> and <c>value</c>; <c>instruction</c>, <c>input</c> and <c>output</c>; <c>prompt</c> and
/// <c>completion</c>; or <c>text</c>. Tools and their calls become text as <see cref="ToolText"/> says. A record of no known shape is an error.</item>
/// <item>Any other name is plain text in UTF-8: one document a file, except that a line which is exactly
/// <c>&lt;|endoftext|&gt;</c> ends a document, as is customary in published text files.</item>
/// <item>Each, but for parquet, with <c>.gz</c> at the end of its name is decompressed as it is read.</item>
/// <item>A folder stands for its files at any depth, in ordinal order of their relative paths; links are followed once. What is not read
/// (names that begin with a dot, files that are not text, pipes) is counted in <see cref="Notes"/>.</item>
/// </list>
/// </summary>
public sealed class TextSource
{
    /// <summary>Longest piece of plain text in one item, in bytes of UTF-8: pieces are cut after a line where there is one.</summary>
    public const int MaxPieceBytes = PlainText.MaxPieceBytes;

    private readonly string _path;
    private readonly bool _isFolder;
    private LeftOut _leftOut = new();

    /// <summary>Lists a file or a folder.</summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="PipelineException">The path is missing, is no file or folder, or cannot be listed.</exception>
    public TextSource(string path)
    {
        _path = path;
        try
        {
            PathKind kind = FileStatus.Of(path).Kind;
            _isFolder = kind == PathKind.Folder;
            Files = kind switch
            {
                PathKind.File => [FolderListing.Describe(new FileInfo(path), Path.GetFileName(path))],
                PathKind.Folder => List(path),
                PathKind.Missing => throw new PipelineException(new FileInfo(path).LinkTarget is { } target
                    ? $"{path} is a link to {target}, which does not exist. Mend the link."
                    : $"There is no file or folder {path}. Give a text file, a file of records (.jsonl, .json, .parquet) or a folder of them as DATA."
                        + (path.Contains('\uFFFD') ? " Its name is not UTF-8: rename it." : "")),
                _ => throw new PipelineException($"{path} is a {FolderListing.Name(kind)}, which cannot be read twice, as tokenizer and training do. Write it to a file and give that."),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{path} cannot be listed: {e.Message}", e);
        }
        Fingerprint = string.Join('\n', Files.Select(file => file.Format == TextFormat.Plain ? file.Fingerprint : $"{file.Fingerprint}\trecords {RecordReader.Version}"));
    }

    /// <summary>The files that <see cref="Read"/> reads, in its order.</summary>
    public IReadOnlyList<TextFile> Files { get; }

    /// <summary>Changes when a file does (its name, size or time), or what is read of it.</summary>
    public string Fingerprint { get; }

    /// <summary>What people should know of the last <see cref="Read"/> that came to its end, each a line: what was left out, and which fields were not read.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Reads the items lazily.</summary>
    /// <param name="progress">Called on the reading thread after each item's bytes were read.</param>
    /// <exception cref="PipelineException">
    /// While enumerating: a file cannot be read or is not what its name says (line named), or there is no text at all.
    /// </exception>
    public IEnumerable<TextItem> Read(Action<TextProgress>? progress = null)
    {
        RecordReader records = new();
        LeftOut leftOut = new();
        leftOut.Add(_leftOut);
        long total = Files.Sum(file => file.Bytes), before = 0;
        bool any = false;
        foreach (TextFile file in Files)
        {
            foreach ((TextItem item, long read) in file.Format == TextFormat.Parquet ? Rows(file, records) : Texts(file, records, leftOut))
            {
                any = true;
                progress?.Invoke(new TextProgress(before + Math.Min(read, file.Bytes), total));
                yield return item;
            }
            before += file.Bytes;
            progress?.Invoke(new TextProgress(before, total));
        }
        Notes = [.. leftOut.Note(_path) is { } note ? [note] : (string[])[], .. records.Notes()];
        if (!any)
            throw new PipelineException($"{_path} holds no text ({Files.Count} files, {total} bytes). Give a text file, a file of records (.jsonl, .json, .parquet) or a folder of them.{string.Concat(Notes.Select(line => " " + line))}");
    }

    private IReadOnlyList<TextFile> List(string folder)
    {
        FolderListing listing = new(folder);
        _leftOut = listing.LeftOut;
        return listing.Files;
    }

    /// <summary>The items of a file that is read from its beginning to its end, with the bytes read so far.</summary>
    private IEnumerable<(TextItem Item, long Read)> Texts(TextFile file, RecordReader records, LeftOut leftOut)
    {
        using ByteLines bytes = new(file.Path);
        if (Signature.Of(bytes.Head()) is { } signature)
        {
            if (!_isFolder)
                throw new PipelineException($"{file.Path} is not text in UTF-8 but looks like a {signature.Name}. {signature.Advice}");
            leftOut.Add(signature.Name, file.RelativePath);
            yield break;
        }
        IEnumerable<TextItem> items = file.Format switch
        {
            TextFormat.JsonLines => JsonLines.Read(bytes, records),
            TextFormat.Json => JsonRecords.Read(bytes, records),
            _ => PlainText.Read(bytes),
        };
        foreach (TextItem item in items)
            yield return (item, bytes.BytesRead);
    }

    private static IEnumerable<(TextItem Item, long Read)> Rows(TextFile file, RecordReader records)
    {
        ParquetTable table = new(file.Path);
        foreach (TextItem item in table.Read(records))
            yield return (item, (long)(table.Done * file.Bytes));
    }
}
