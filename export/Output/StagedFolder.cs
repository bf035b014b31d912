using MhcPipeline.Core;

namespace MhcPipeline.Export.Output;

/// <summary>A folder that is filled beside the one it replaces, and takes its place only when all of it is there.</summary>
internal sealed class StagedFolder : IDisposable
{
    private readonly string _target;
    private readonly string _old;

    /// <summary>Makes the folder, empty. What an export that was killed left behind is removed, and an old folder that it had set aside is put back.</summary>
    /// <exception cref="PipelineException">It cannot be made.</exception>
    public StagedFolder(string target)
    {
        _target = System.IO.Path.TrimEndingDirectorySeparator(target);
        Path = $"{_target}.new";
        _old = $"{_target}.old";
        Attempt(() =>
        {
            if (Directory.Exists(_old) && !Directory.Exists(_target))
                Directory.Move(_old, _target);
            DeleteIfThere(Path);
            Directory.CreateDirectory(Path);
        });
    }

    /// <summary>Where to write until <see cref="Commit"/>.</summary>
    public string Path { get; }

    /// <summary>A file in it.</summary>
    public string In(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Puts the folder in the place of the old one, which is removed afterwards. Whoever has old files open keeps them.</summary>
    /// <exception cref="PipelineException">It cannot; the old folder stays.</exception>
    public void Commit() => Attempt(() =>
    {
        DeleteIfThere(_old);
        bool replaces = Directory.Exists(_target);
        if (replaces)
            Directory.Move(_target, _old);
        try
        {
            Directory.Move(Path, _target);
        }
        catch when (replaces)
        {
            Directory.Move(_old, _target);
            throw;
        }
        DeleteIfThere(_old);
    });

    /// <summary>Removes what was not committed.</summary>
    public void Dispose() => DeleteIfThere(Path);

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{_target} cannot be written: {e.Message} Check the disk's free space and the folder's permissions.", e);
        }
    }
}
