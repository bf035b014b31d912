using System.CommandLine;
using MhcPipeline.Core;
using MhcPipeline.Core.Programs;
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
    private const int MostExamples = 1 << 20;

    /// <summary>Runs the program and returns its <see cref="ExitCode"/>.</summary>
    public static Task<int> RunAsync(string[] args)
    {
        var run = new Option<string>("--run") { Description = "The run folder, with what `make train` wrote", Required = true };
        Option<ExportMode> mode = ChoiceOption.Of("--mode", "standard: only operators that every ONNX Runtime has; fused: the mixing as operators of our own, faster, which other hosts load as a plug-in", ExportMode.Standard);
        Option<ExportPrecision> precision = ChoiceOption.Of("--precision", "How weights are stored: float32, int8 or int4 (32 weights share a scale); float16 or bfloat16, in which sublayers compute too (for GPUs)", ExportPrecision.Float32);
        Option<ExportDevice> device = ChoiceOption.Of("--device", "What the graph is for: cpu; or cuda, with streams and norms of 16 bits too (precision bfloat16 unless float16 is asked for)", ExportDevice.Cpu);
        var fold = new Option<string[]>("--fold") { Description = "Do a fold that is off unless asked for", HelpName = "name" };
        var noFold = new Option<string[]>("--no-fold") { Description = $"Leave out a fold: {string.Join(", ", FoldSet.Names)}", HelpName = "name" };
        Option<CalibrationChoice> calibrate = ChoiceOption.Of("--calibrate", "Measure the folds' errors and the Sinkhorn iterations that sites need: auto up to 1 GiB of weights", CalibrationChoice.Auto);
        var skip = new Option<bool>("--skip-eval") { Description = "Do not measure the exact match on the held-out examples" };
        Option<int> examples = NumberOption.Of("--eval-examples", "How many held-out examples to measure (--skip-eval for none)", 1, MostExamples, 300);
        var command = new RootCommand("Exports a trained run to ONNX, verifies it in ONNX Runtime against the training forward pass, and evaluates it.") { run, mode, precision, device, fold, noFold, calibrate, skip, examples };
        foreach (Option<string[]> option in new[] { fold, noFold })
        {
            option.Validators.Add(result =>
            {
                foreach (string name in result.Tokens.Select(token => token.Value).Except(FoldSet.Names))
                    result.AddError($"{option.Name} {name}: there is no such fold; there are {string.Join(", ", FoldSet.Names)}.");
            });
        }
        command.SetAction(async (result, stop) =>
        {
            var folder = new RunFolder(result.GetValue(run)!);
            using RunLock? held = Take(folder);
            var export = new RunExport(folder, Display());
            FoldSet folds = (result.GetValue(fold) ?? []).Aggregate(FoldSet.Usual, (set, name) => set.With(name));
            bool cuda = result.GetValue(device) == ExportDevice.Cuda;
            export.Export(new ExportOptions
            {
                Mode = result.GetValue(mode),
                Precision = cuda && (result.GetResult(precision)?.Implicit ?? true) ? ExportPrecision.BFloat16 : result.GetValue(precision),
                Device = result.GetValue(device),
                Folds = (result.GetValue(noFold) ?? []).Aggregate(folds, (set, name) => set.Without(name)),
                Calibrate = result.GetValue(calibrate),
            });
            stop.ThrowIfCancellationRequested();
            if (!result.GetValue(skip))
                await export.EvaluateAsync(result.GetValue(examples), stop);
            export.SayWhatIsNext();
        });
        command.Subcommands.Add(Precisions());
        command.Subcommands.Add(Inspect());
        return new PipelineProgram("mhc-export") { Stopped = "stopped; what was exported and verified stays." }.RunAsync(command, args);
    }

    // `mhc-export precisions --run R`
    private static System.CommandLine.Command Precisions()
    {
        var run = new Option<string>("--run") { Description = "The run folder, exported already", Required = true };
        Option<ExportMode> mode = ChoiceOption.Of("--mode", "With which operators the mixing is written", ExportMode.Standard);
        Option<int> examples = NumberOption.Of("--eval-examples", "How many held-out examples to measure for each; 0 for none", 0, MostExamples, 300);
        var command = new System.CommandLine.Command("precisions", "Exports a run in every precision that a CPU runs beside its folder, prints size, errors, validation loss and exact match of each, and adds them to export.json.") { run, mode, examples };
        command.SetAction(async (result, stop) =>
        {
            var folder = new RunFolder(result.GetValue(run)!);
            using RunLock? held = Take(folder);
            await new PrecisionComparison(folder, Display()).RunAsync(result.GetValue(mode), result.GetValue(examples), stop);
        });
        return command;
    }

    private static System.CommandLine.Command Inspect()
    {
        var folder = new Argument<string>("folder") { Description = "The onnx folder of an exported run" };
        var command = new System.CommandLine.Command("inspect", "Shows an exported graph by its parts: operators, bytes of weights and Sinkhorn iterations before and after folding, and what each fold did.") { folder };
        command.SetAction(result => InspectExport.Show(result.GetValue(folder)!, Display()));
        return command;
    }

    /// <summary>The folder for this program alone; one that is not there is refused by what looks for its files.</summary>
    private static RunLock? Take(RunFolder run) => Directory.Exists(run.Path) ? RunLock.Take(run) : null;

    private static StepDisplay Display() => new(AnsiConsole.Console, interactive: !Console.IsOutputRedirected);
}
