using System.CommandLine;
using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Train.Connections;

namespace MhcPipeline.Train.Command;

/// <summary>The command line of mhc-train.</summary>
internal static class TrainCommand
{
    private const int Done = 0, Failed = 1, WrongUsage = 2;

    private static readonly Option<string> _run = new("--run") { Description = "The run folder, with what `make tokenizer` wrote", DefaultValueFactory = _ => "runs/default" };
    private static readonly Option<string?> _preset = new("--preset") { Description = "Name of a preset (default, smoke, shakespeare-char) or a .json file; if absent, what the run began with, or default" };
    private static readonly Option<string?> _data = new("--data") { Description = "Text, file of records (.jsonl, .json, .parquet) or folder of them to learn from, instead of the preset's built-in corpus" };
    private static readonly Option<string?> _connection = new("--connection") { Description = $"How sublayers join the residual stream, instead of the preset's: {string.Join(", ", ConnectionRegistry.Names)}" };
    private static readonly Option<int?> _steps = new("--steps") { Description = "Steps of the whole run, instead of the preset's steps and minutes; more than a finished run has continues it" };
    private static readonly Option<double?> _minutes = new("--minutes") { Description = "Time budget of the whole run; the learning rate's schedule is finished when it ends" };
    private static readonly Option<long?> _seed = new("--seed") { Description = "Seed of initial values and of the data's order (1)" };
    private static readonly Option<string> _device = new("--device") { Description = "Where to compute", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<string?> _beside = new("--beside") { Description = "Folder of another run, such as one with --connection residual: the report shows both over time" };
    private static readonly Option<bool> _resume = new("--resume") { Description = "Continue from the last checkpoint (the default where there is one); fail if there is none" };
    private static readonly Option<bool> _restart = new("--restart") { Description = "Begin anew, discarding the run's checkpoints" };

    /// <summary>Runs the program and returns its exit code: 0 done or stopped by Ctrl-C, 1 failed, 2 wrong usage.</summary>
    public static int Run(string[] args)
    {
        var command = new RootCommand("Trains a language model on the text of a run. Ctrl-C saves and stops; the same command continues.")
        {
            _run, _preset, _data, _connection, _steps, _minutes, _seed, _device, _beside, _resume, _restart,
        };
        if (_connection.Validators.Count == 0)
        {
            _connection.AcceptOnlyFromAmong([.. ConnectionRegistry.Names]);
            _device.AcceptOnlyFromAmong("cpu", "cuda");
            Positive(_steps, text => int.TryParse(text, out int value) && value < 1);
            Positive(_minutes, text => double.TryParse(text, out double value) && value <= 0);
        }
        command.Validators.Add(result =>
        {
            if (result.GetValue(_resume) && result.GetValue(_restart))
                result.AddError("--resume and --restart exclude each other.");
        });
        command.SetAction(Execute);

        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine($"mhc-train: {error.Message}");
            Console.Error.WriteLine("mhc-train --help shows the options.");
            return WrongUsage;
        }
        return parsed.Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null }); // signals are ours: they save first
    }

    private static int Execute(ParseResult parsed)
    {
        NativeThreads.OneAnOperation();
        NativeMemory.KeepFreedBlocks();
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            new TrainStage(new TrainOptions
            {
                Run = parsed.GetValue(_run)!,
                Preset = parsed.GetValue(_preset),
                Data = parsed.GetValue(_data),
                Connection = parsed.GetValue(_connection),
                Steps = parsed.GetValue(_steps),
                Minutes = parsed.GetValue(_minutes),
                Seed = parsed.GetValue(_seed),
                Device = parsed.GetValue(_device)!,
                Beside = parsed.GetValue(_beside),
                Resume = parsed.GetValue(_resume),
                Restart = parsed.GetValue(_restart),
            }).Execute(stop.Token);
            return Done;
        }
        catch (PipelineException e)
        {
            Console.Error.WriteLine($"mhc-train: {e.Message}");
            return Failed;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped before the first step; the same command begins again.");
            return Done;
        }
    }

    private static void Positive(Option option, Func<string, bool> tooSmall) => option.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: var text }] && tooSmall(text))
            result.AddError($"{option.Name} is {text}; it must be above 0.");
    });
}
