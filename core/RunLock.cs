using System.Globalization;
using System.Text.RegularExpressions;

namespace MhcPipeline.Core;

/// <summary>
/// Held while a program writes a run folder, so that no other does: an open file that the system closes, and so gives free, with the process, however that
/// ends. Programs that only read a run take none.
/// </summary>
public sealed partial class RunLock : IDisposable
{
    private readonly FileStream _held;
    private readonly string _owner;

    private RunLock(FileStream held, string owner) => (_held, _owner) = (held, owner);

    /// <summary>Takes a folder, and removes what writers that are no more have left half-written in it.</summary>
    /// <param name="run">The folder; it has to be there.</param>
    /// <exception cref="PipelineException">Another program writes it, or it cannot be written.</exception>
    public static RunLock Take(RunFolder run)
    {
        string path = Path.Combine(run.Path, ".lock"), owner = Path.Combine(run.Path, ".lock-process");
        try
        {
            var taken = new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), owner);
            try
            {
                File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)); // a file of its own: nobody can read one that is held
                RemoveAbandoned(run);
                return taken;
            }
            catch
            {
                taken.Dispose();
                throw;
            }
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && IsHeld(path))
        {
            throw new PipelineException($"{run.Path} is in use by {Process(owner)}. Wait until it has ended, or name another folder with RUN=folder.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException($"{run.Path} cannot be written: {e.Message} Check the folder's permissions and the disk's free space, or name another folder with RUN=folder.", e);
        }
    }

    /// <summary>Gives the folder free. The file stays: were it removed, one who has just opened it would hold a file that nobody else sees.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_owner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // it says who held the lock, nothing more
        }
        _held.Dispose();
    }

    private static bool IsHeld(string path)
    {
        try
        {
            using var probe = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return File.Exists(path) && e is not UnauthorizedAccessException;
        }
    }

    private static string Process(string owner)
    {
        try
        {
            return int.TryParse(File.ReadAllText(owner), CultureInfo.InvariantCulture, out int id) ? $"process {id}" : "another program";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another program";
        }
    }

    /// <summary>Removes <see cref="AtomicFile"/>'s neighbours of processes that have ended; those of living ones may yet take their place.</summary>
    private static void RemoveAbandoned(RunFolder run)
    {
        foreach (string folder in new[] { run.Path, run.CheckpointsFolder, run.DataFolder, run.OnnxFolder }.Where(Directory.Exists))
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*.tmp"))
            {
                if (Temporary().Match(file) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out int process) && !Lives(process))
                    File.Delete(file);
            }
        }
    }

    private static bool Lives(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return true; // it is there, and another user's
        }
    }

    [GeneratedRegex(@"\.([0-9]+)\.tmp$")]
    private static partial Regex Temporary();
}
