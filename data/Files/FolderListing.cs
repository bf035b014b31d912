using MhcPipeline.Core;

namespace MhcPipeline.Data.Files;

/// <summary>
/// The files of a folder at any depth, in ordinal order of their relative paths. Links are followed, each file and folder behind them once:
/// a link to what is read anyway, or to a folder above, is left out. Names that begin with a dot, pipes, sockets and devices are left out.
/// </summary>
internal sealed class FolderListing
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(FileSystemInfo Link, string RelativePath, FileStatus Status)> _links = new();
    private readonly List<TextFile> _files = [];

    /// <exception cref="PipelineException">A link leads nowhere.</exception>
    internal FolderListing(string folder)
    {
        _seen.Add(FileStatus.Of(folder).Identity);
        Collect(new DirectoryInfo(folder), "");
        // Only when all that has its own place here is known: what is linked and stands here too is read where it stands.
        while (_links.TryDequeue(out (FileSystemInfo Link, string RelativePath, FileStatus Status) link))
        {
            if (!_seen.Add(link.Status.Identity))
                LeftOut.Add("link to what is read already", link.RelativePath);
            else if (link.Link is DirectoryInfo linked)
                Collect(linked, link.RelativePath + "/");
            else
                _files.Add(Describe((FileInfo)link.Link, link.RelativePath));
        }
        _files.Sort((a, b) => string.CompareOrdinal(a.RelativePath, b.RelativePath));
    }

    /// <summary>What is to be read.</summary>
    internal IReadOnlyList<TextFile> Files => _files;

    /// <summary>What is not.</summary>
    internal LeftOut LeftOut { get; } = new();

    /// <summary>Describes a file; behind a link, what it leads to.</summary>
    internal static TextFile Describe(FileInfo file, string relativePath)
    {
        FileInfo content = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return new TextFile(file.FullName, relativePath, content.Length, content.LastWriteTimeUtc);
    }

    private void Collect(DirectoryInfo folder, string prefix)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            string relative = prefix + entry.Name;
            if (entry.Name.StartsWith('.'))
            {
                LeftOut.Add("hidden entry", relative);
                continue;
            }
            FileStatus status = FileStatus.Of(entry.FullName);
            bool isLink = status.Kind != PathKind.Missing && entry.LinkTarget is not null;
            if (status.Kind is PathKind.Missing)
                Missing(entry, relative);
            else if (status.Kind is not (PathKind.File or PathKind.Folder))
                LeftOut.Add(Name(status.Kind), relative);
            else if (isLink)
                _links.Enqueue((status.Kind == PathKind.Folder ? new DirectoryInfo(entry.FullName) : new FileInfo(entry.FullName), relative, status));
            else if (status.Kind == PathKind.Folder && _seen.Add(status.Identity))
                Collect((DirectoryInfo)entry, relative + "/");
            else if (status.Kind == PathKind.File)
            {
                _seen.Add(status.Identity); // a second name of the same file without a link is a file of its own
                _files.Add(Describe((FileInfo)entry, relative));
            }
        }
    }

    /// <summary>A kind as people call it.</summary>
    internal static string Name(PathKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The framework reads bytes of names that are not UTF-8 as U+FFFD, and the name that results leads nowhere.</summary>
    private void Missing(FileSystemInfo entry, string relative)
    {
        if (entry.Name.Contains('\uFFFD'))
            LeftOut.Add("name that is not UTF-8", relative);
        else if (entry.LinkTarget is { } target)
            throw new PipelineException($"{entry.FullName} is a link to {target}, which does not exist. Mend or remove the link.");
        else
            LeftOut.Add("entry that went while the folder was listed", relative);
    }
}
