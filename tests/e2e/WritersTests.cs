using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>What programs do to a run folder that is in use, that is of another run, and how they end when they are stopped.</summary>
public sealed class WritersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mhc writers-").FullName; // the space is meant

    private string Run => Path.Combine(_folder, "run");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_is_written_by_one_program_until_that_has_ended_however_it_ends()
    {
        Finish(StageProgram.StartTokenizer("--run", Run, "--preset", "smoke"));
        using (StageProgram first = StageProgram.StartTrain("--run", Run, "--steps", "100000"))
        {
            await FirstStep(first);
            string refused = Finish(StageProgram.StartTrain("--run", Run, "--restart", "--seed", "5", "--steps", "60"), exitCode: 1);
            Assert.Contains("mhc-train: ", refused, StringComparison.Ordinal);
            Assert.Contains("is in use by process ", refused, StringComparison.Ordinal);
            Assert.Contains("is in use by process ", Finish(StageProgram.StartTokenizer("--run", Run, "--vocab-size", "300", "--force"), exitCode: 1), StringComparison.Ordinal);
            Assert.Contains("is in use by process ", Finish(StageProgram.StartExport("--run", Run), exitCode: 1), StringComparison.Ordinal);
        } // killed
        string abandoned = Path.Combine(Run, "checkpoints", $"last.safetensors.{int.MaxValue}.tmp");
        File.WriteAllText(abandoned, "half");
        Assert.Contains("resume", Finish(StageProgram.StartTrain("--run", Run, "--steps", "3")), StringComparison.Ordinal);
        Assert.False(File.Exists(abandoned));
    }

    [Fact]
    public void A_refused_command_changes_nothing()
    {
        Finish(StageProgram.StartTokenizer("--run", Run, "--preset", "smoke"));
        Finish(StageProgram.StartTrain("--run", Run, "--steps", "3"));
        Dictionary<string, string> before = Contents();
        foreach (string[] other in new string[][] { ["--seed", "7"], ["--connection", "hc"], ["--preset", "default"], ["--resume", "--restart"], ["--minutes", "0,5"] })
        {
            using StageProgram train = StageProgram.StartTrain(["--run", Run, .. other]);
            train.FinishUnsuccessfully();
            Assert.Equal(before, Contents());
        }
    }

    [Fact]
    public void The_command_that_a_refusal_names_begins_anew_with_what_was_asked_for()
    {
        Finish(StageProgram.StartTokenizer("--run", Run, "--preset", "smoke"));
        Finish(StageProgram.StartTrain("--run", Run, "--steps", "3"));
        string refusal = Finish(StageProgram.StartTrain("--run", Run, "--seed", "7", "--steps", "4"), exitCode: 1);
        string command = refusal[refusal.IndexOf("mhc-train --run", StringComparison.Ordinal)..].TrimEnd().TrimEnd('.');

        string output = Shell(command.Replace("mhc-train", StageProgram.PathOf("MhcPipeline.Train", "mhc-train"), StringComparison.Ordinal));

        Assert.Contains("Preset smoke", output, StringComparison.Ordinal);
        Assert.Contains("step 4/4", output, StringComparison.Ordinal);
        Assert.Contains("is trained: 4 steps", Finish(StageProgram.StartTrain("--run", Run, "--seed", "7")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_next_commands_that_are_printed_lead_from_a_text_to_an_exported_model_of_it()
    {
        string text = Path.Combine(_folder, "own text.txt");
        File.WriteAllLines(text, Enumerable.Range(0, 3000).Select(i => $"Line {i} says {i * 7919 % 1000} and then {i % 13}."));
        string output = Finish(StageProgram.StartTokenizer("--run", Run, "--preset", "smoke", "--data", text, "--vocab-size", "300"));
        output = Shell(Next(output, "next: ") + " STEPS=3");
        Assert.Contains("Preset smoke, " + text, output, StringComparison.Ordinal);
        Assert.Contains("tokenizer up to date", output, StringComparison.Ordinal);
        output = Shell(Next(output, "Next: "));
        Assert.Contains("make serve RUN='", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Run, "onnx", "model.onnx")));
        Assert.False(File.Exists(Path.Combine(Run, "heldout.jsonl")));
    }

    [Fact]
    public void A_run_begun_anew_on_another_text_does_not_keep_what_the_corpus_kept_from_training()
    {
        string text = Path.Combine(_folder, "text.txt");
        File.WriteAllLines(text, Enumerable.Range(0, 3000).Select(i => $"Line {i} says {i * 7919 % 1000}."));
        Finish(StageProgram.StartTokenizer("--run", Run, "--preset", "smoke"));
        Finish(StageProgram.StartTrain("--run", Run, "--steps", "2"));
        Assert.True(File.Exists(Path.Combine(Run, "heldout.jsonl")));
        Finish(StageProgram.StartTrain("--run", Run, "--steps", "2", "--data", text, "--restart"));
        Assert.False(File.Exists(Path.Combine(Run, "heldout.jsonl")));
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public async Task Training_that_is_stopped_saves_and_says_so_by_its_exit_code(string signal, int exitCode)
    {
        Finish(StageProgram.StartTokenizer("--run", Run, "--preset", "smoke"));
        using StageProgram train = StageProgram.StartTrain("--run", Run, "--steps", "100000");
        await FirstStep(train);
        train.Send(signal);
        Assert.Contains("and saved in", train.Finish(exitCode), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Run, "model.safetensors")));
    }

    private static string Next(string output, string prefix) => output.Split('\n').Last(line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..].TrimEnd();

    /// <summary>Runs a command as a person would paste it in the repository's folder; make builds nothing, as all is built.</summary>
    private static string Shell(string command)
    {
        string configuration = StageProgram.Root("MhcPipeline.sln");
        string line = command.StartsWith("make ", StringComparison.Ordinal) ? $"make -o build BIN={Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", ".."))} {command["make ".Length..]}" : command;
        using Process shell = Process.Start(new ProcessStartInfo("bash", ["-c", line + " 2>&1"]) { WorkingDirectory = configuration, RedirectStandardOutput = true })!;
        string output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{line} ended with {shell.ExitCode}:\n{output}"));
        return output;
    }

    private async Task FirstStep(StageProgram train)
    {
        string metrics = Path.Combine(Run, "metrics.jsonl");
        while (!File.Exists(metrics) || !Read(metrics).Contains("\"loss\"", StringComparison.Ordinal))
        {
            Assert.False(train.HasExited, train.Output);
            await Task.Delay(20);
        }
    }

    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private Dictionary<string, string> Contents() => Directory.EnumerateFiles(Run, "*", SearchOption.AllDirectories)
        .ToDictionary(file => file, file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))), StringComparer.Ordinal);

    private static string Finish(StageProgram program, int exitCode = 0)
    {
        using (program)
            return program.Finish(exitCode);
    }
}
