using System.CommandLine;
using MhcPipeline.Core.Programs;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Training;

namespace MhcPipeline.Train.Command;

/// <summary>The command line of mhc-train.</summary>
internal static class TrainCommand
{
    private const double TenYears = 60 * 24 * 365.0 * 10;

    /// <summary>Runs the program and returns its <see cref="ExitCode"/>.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        Option<string> run = new("--run") { Description = "The run folder, with what `make tokenizer` wrote", DefaultValueFactory = _ => "runs/default" };
        Option<string?> preset = new("--preset") { Description = "Name of a preset (default, smoke, shakespeare-char) or a .json file; if absent, what the run began with, or default" };
        Option<string?> data = new("--data") { Description = "Text, file of records (.jsonl, .json, .parquet) or folder of them to learn from, instead of the preset's built-in corpus" };
        Option<string?> connection = new("--connection") { Description = $"How sublayers join the residual stream, instead of the preset's: {string.Join(", ", ConnectionRegistry.Names)}" };
        Option<int?> steps = NumberOption.Optional("--steps", "Steps of the whole run, instead of the preset's steps and minutes; more than a finished run has continues it", 1, int.MaxValue);
        Option<double?> minutes = NumberOption.Optional("--minutes", "Time budget of the whole run; the learning rate's schedule is finished when it ends", 0.001, TenYears);
        Option<long?> seed = NumberOption.Optional("--seed", "Seed of initial values and of the data's order (1)", 0, long.MaxValue);
        Option<string?> device = new("--device") { Description = "Where to compute: cpu, cuda or cuda:N; if absent, a GPU where there is one whose kernels run" };
        Option<string?> precision = new("--precision") { Description = "What streams and activations are, float32 or bf16, instead of the preset's; if absent, bf16 on a GPU. Weights and their gradients are float32" };
        Option<string?> beside = new("--beside") { Description = "Folder of another run, such as one with --connection residual: the report shows both over time" };
        Option<bool> resume = new("--resume") { Description = "Continue from the last checkpoint (the default where there is one); fail if there is none" };
        Option<bool> restart = new("--restart") { Description = "Begin anew, discarding the run's checkpoints" };
        connection.AcceptOnlyFromAmong([.. ConnectionRegistry.Names]);
        precision.AcceptOnlyFromAmong(Placement.Float32, Placement.BFloat16);
        var command = new RootCommand("Trains a language model on the text of a run. Ctrl-C saves and stops; the same command continues.")
        {
            run, preset, data, connection, steps, minutes, seed, device, precision, beside, resume, restart,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(resume) && result.GetValue(restart))
                result.AddError("--resume and --restart exclude each other.");
        });
        command.SetAction((parsed, stop) =>
        {
            NativeThreads.OneAnOperation();
            NativeMemory.KeepFreedBlocks();
            new TrainStage(new TrainOptions
            {
                Run = parsed.GetValue(run)!,
                Preset = parsed.GetValue(preset),
                Data = parsed.GetValue(data),
                Connection = parsed.GetValue(connection),
                Steps = parsed.GetValue(steps),
                Minutes = parsed.GetValue(minutes),
                Seed = parsed.GetValue(seed),
                Device = parsed.GetValue(device),
                Precision = parsed.GetValue(precision),
                Beside = parsed.GetValue(beside),
                Resume = parsed.GetValue(resume),
                Restart = parsed.GetValue(restart),
            }).Execute(stop);
            return Task.CompletedTask;
        });
        return new PipelineProgram("mhc-train") { Stopped = "stopped before the first step; the same command begins again." }.RunAsync(command, args);
    }
}
