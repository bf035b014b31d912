using System.CommandLine;
using MhcPipeline.Core;
using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Output;
using MhcPipeline.Export.Weights;
using Spectre.Console;

namespace MhcPipeline.Export.Command;

/// <summary>The command line of mhc-export.</summary>
internal static class ExportCommand
{
    private const int Done = 0, Failed = 1, WrongUsage = 2;

    /// <summary>Runs the program.</summary>
    /// <returns>The exit code: 0 done, 1 failed (the message is on stderr), 2 wrong usage.</returns>
    public static int Run(string[] args)
    {
        var run = new Option<string>("--run") { Description = "The run folder, with what `make train` wrote", Required = true };
        var mode = new Option<ExportMode>("--mode") { Description = "standard: only operators that every ONNX Runtime has; fused: the mixing as operators of our own, faster, which other hosts load as a plug-in", HelpName = "standard|fused", DefaultValueFactory = _ => ExportMode.Standard };
        var precision = new Option<ExportPrecision>("--precision") { Description = "How weights are stored: float32, int8 or int4 (32 weights share a scale), float16 (for GPUs)", HelpName = "float32|int8|int4|float16", DefaultValueFactory = _ => ExportPrecision.Float32 };
        var fold = new Option<string[]>("--fold") { Description = "Do a fold that is off unless asked for", HelpName = "name" };
        var noFold = new Option<string[]>("--no-fold") { Description = $"Leave out a fold: {string.Join(", ", FoldSet.Names)}", HelpName = "name" };
        var calibrate = new Option<CalibrationChoice>("--calibrate") { Description = "Measure the folds' errors and the Sinkhorn iterations that sites need: auto up to 1 GiB of weights", HelpName = "auto|always|never" };
        var skip = new Option<bool>("--skip-eval") { Description = "Do not measure the exact match on the held-out examples" };
        var examples = new Option<int>("--eval-examples") { Description = "How many held-out examples to measure", DefaultValueFactory = _ => 300 };
        examples.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int count) && count < 1)
                result.AddError($"--eval-examples is {count}; it must be 1 or more (or use --skip-eval).");
        });
        var command = new RootCommand("Exports a trained run to ONNX, verifies it in ONNX Runtime against the training forward pass, and evaluates it.") { run, mode, precision, fold, noFold, calibrate, skip, examples };
        foreach (Option<string[]> option in new[] { fold, noFold })
        {
            option.Validators.Add(result =>
            {
                foreach (string name in result.Tokens.Select(token => token.Value).Except(FoldSet.Names))
                    result.AddError($"{option.Name} {name}: there is no such fold; there are {string.Join(", ", FoldSet.Names)}.");
            });
        }

        int code = Done;
        command.SetAction((result, cancellation) => Guarded(async () =>
        {
            var export = new RunExport(new RunFolder(result.GetValue(run)!), new StepDisplay(AnsiConsole.Console, interactive: !Console.IsOutputRedirected));
            FoldSet folds = (result.GetValue(fold) ?? []).Aggregate(FoldSet.Usual, (set, name) => set.With(name));
            export.Export(new ExportOptions
            {
                Mode = result.GetValue(mode),
                Precision = result.GetValue(precision),
                Folds = (result.GetValue(noFold) ?? []).Aggregate(folds, (set, name) => set.Without(name)),
                Calibrate = result.GetValue(calibrate),
            });
            if (!result.GetValue(skip))
                await export.EvaluateAsync(result.GetValue(examples), cancellation);
            export.SayWhatIsNext();
        }, value => code = value));

        command.Subcommands.Add(Precisions(value => code = value));
        command.Subcommands.Add(Inspect(value => code = value));

        ParseResult parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine($"mhc-export: {error.Message}");
            Console.Error.WriteLine("mhc-export --help shows the options.");
            return WrongUsage;
        }
        int invoked = parsed.InvokeAsync().GetAwaiter().GetResult();
        return code == Done ? invoked : code;
    }

    // `mhc-export precisions --run R`
    private static System.CommandLine.Command Precisions(Action<int> exit)
    {
        var run = new Option<string>("--run") { Description = "The run folder, exported already", Required = true };
        var mode = new Option<ExportMode>("--mode") { Description = "With which operators the mixing is written", DefaultValueFactory = _ => ExportMode.Standard };
        var examples = new Option<int>("--eval-examples") { Description = "How many held-out examples to measure for each; 0 for none", DefaultValueFactory = _ => 300 };
        var command = new System.CommandLine.Command("precisions", "Exports a run in every precision beside its folder, prints size, errors, validation loss and exact match of each, and adds them to export.json.") { run, mode, examples };
        command.SetAction((result, cancellation) => Guarded(
            () => new PrecisionComparison(new RunFolder(result.GetValue(run)!), new StepDisplay(AnsiConsole.Console, interactive: !Console.IsOutputRedirected))
                .RunAsync(result.GetValue(mode), result.GetValue(examples), cancellation), exit));
        return command;
    }

    private static System.CommandLine.Command Inspect(Action<int> exit)
    {
        var folder = new Argument<string>("folder") { Description = "The onnx folder of an exported run" };
        var command = new System.CommandLine.Command("inspect", "Shows an exported graph by its parts: operators, bytes of weights and Sinkhorn iterations before and after folding, and what each fold did.") { folder };
        command.SetAction((result, _) => Guarded(() =>
        {
            InspectExport.Show(result.GetValue(folder)!, new StepDisplay(AnsiConsole.Console, interactive: !Console.IsOutputRedirected));
            return Task.CompletedTask;
        }, exit));
        return command;
    }

    private static async Task Guarded(Func<Task> action, Action<int> exit)
    {
        try
        {
            await action();
        }
        catch (PipelineException e)
        {
            Console.Error.WriteLine($"mhc-export: {e.Message}");
            exit(Failed);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("mhc-export: stopped; what was exported and verified stays.");
            exit(Failed);
        }
    }
}
