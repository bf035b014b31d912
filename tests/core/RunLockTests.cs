using Xunit;

namespace MhcPipeline.Core.Tests;

public sealed class RunLockTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private RunFolder Run => new RunFolder(_folder.File("run")).Create();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_that_is_being_written_is_refused_with_the_process_that_writes_it()
    {
        using RunLock first = RunLock.Take(Run);
        Assert.Contains($"is in use by process {Environment.ProcessId}", Assert.Throws<PipelineException>(() => RunLock.Take(Run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_is_free_again_when_its_writer_has_ended()
    {
        RunLock.Take(Run).Dispose();
        RunLock.Take(Run).Dispose();
    }

    [Fact]
    public void What_a_writer_left_that_was_killed_does_not_hold_the_run()
    {
        File.WriteAllText(Path.Combine(Run.Path, ".lock"), "");
        File.WriteAllText(Path.Combine(Run.Path, ".lock-process"), "1");
        RunLock.Take(Run).Dispose();
    }

    [Fact]
    public void A_run_that_cannot_be_written_is_one_clear_error()
    {
        Directory.CreateDirectory(Path.Combine(Run.Path, ".lock")); // stands for a read-only disk, which holds even for root
        Assert.Contains($"{Run.Path} cannot be written: ", Assert.Throws<PipelineException>(() => RunLock.Take(Run)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_written_files_of_processes_that_are_no_more_are_removed_and_those_of_living_ones_kept()
    {
        string[] dead = [Temporary(Run.CheckpointsFolder, "last.safetensors", int.MaxValue), Temporary(Run.Path, "model.safetensors", int.MaxValue - 1)];
        string[] kept = [Temporary(Run.CheckpointsFolder, "best.safetensors", Environment.ProcessId), Path.Combine(Run.Path, "notes.tmp"), Path.Combine(Run.Path, "7.tmp.txt")];
        foreach (string file in dead.Concat(kept))
            File.WriteAllText(file, "half");

        RunLock.Take(Run).Dispose();

        Assert.DoesNotContain(dead, File.Exists);
        Assert.All(kept, file => Assert.True(File.Exists(file), file));
    }

    private static string Temporary(string folder, string file, int process) => Path.Combine(Directory.CreateDirectory(folder).FullName, $"{file}.{process}.tmp");
}
