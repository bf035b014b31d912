using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Evaluation;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Output;
using MhcPipeline.Export.Verification;
using MhcPipeline.Export.Weights;

namespace MhcPipeline.Export.Command;

/// <summary>Exports a run in every precision that a CPU runs, measures each, and prints them side by side. The run's onnx folder stays as it is; export.json gets the figures.</summary>
internal sealed class PrecisionComparison(RunFolder run, StepDisplay display)
{
    /// <summary>Compares.</summary>
    /// <param name="mode">With which operators the mixing is written.</param>
    /// <param name="examples">How many held-out items to answer; 0 for none.</param>
    /// <param name="cancellation">Stops between answers.</param>
    /// <exception cref="PipelineException">The run was not exported yet, or a file of it is missing or malformed.</exception>
    public async Task RunAsync(ExportMode mode, int examples, CancellationToken cancellation)
    {
        StoredWeights.RequireConfig(run);
        ModelConfig config = ModelConfig.Load(run.ConfigJson);
        if (config.FromElsewhere && !File.Exists(run.ExpectedFile))
            throw new PipelineException($"{run.Path} has no {Path.GetFileName(run.ExpectedFile)}: precisions are compared by the logits that `make train` records, and this checkpoint comes from elsewhere. Export it in each precision instead.");
        run.RequireFile(run.ExpectedFile, "train");
        run.RequireFile(run.ExportReport, "export");
        var calibration = CalibrationSet.FromExpected(run.ExpectedFile, config); // so that every graph is folded as an export folds it
        var results = new List<PrecisionResult>();
        foreach (ExportPrecision precision in Enum.GetValues<ExportPrecision>().Except([ExportPrecision.BFloat16])) // which no CPU provider runs
        {
            results.Add(await MeasureAsync(config, new ExportOptions { Mode = mode, Precision = precision, Calibration = calibration }, examples, cancellation));
            display.Line($"{"compare",-10} {Name(precision)} measured");
        }
        Print(results);
        ExportReportFile.AddPrecisions(run.ExportReport, mode, results);
        display.Line($"Wrote {run.ExportReport}");
    }

    private async Task<PrecisionResult> MeasureAsync(ModelConfig config, ExportOptions options, int examples, CancellationToken cancellation)
    {
        // A run folder of its own, beside the real one's files, so that the engine can load it; removed in any case.
        using var scratch = new StagedFolder(Path.Combine(run.Path, "precision"));
        var copy = new RunFolder(scratch.Path);
        foreach (string file in new[] { run.ConfigJson, run.TokenizerJson, run.TokenizerConfigJson }.Where(File.Exists))
            File.Copy(file, scratch.In(Path.GetFileName(file)));
        using ITensorSource weights = StoredWeights.Open(run, config);
        ExportedModel model = OnnxExporter.Export(config, weights, copy.OnnxFolder, options);

        VerificationResult verified = LogitVerification.Measure(model.ModelPath, run.ExpectedFile, config);
        double? loss = null;
        if (File.Exists(run.ValidationFile))
        {
            using var runner = OnnxModelRunner.Load(model.ModelPath);
            loss = ValidationLoss.Measure(runner, run.ValidationFile, config);
        }
        double? exact = null;
        if (examples > 0 && File.Exists(run.HeldOutFile))
        {
            IReadOnlyList<HeldOutItem> items = HeldOutFile.Choose(run.HeldOutFile, examples);
            string[] answers = await new HeldOutEvaluation(copy, display).AnswerAsync(items, cancellation);
            exact = items.Zip(answers).Count(pair => pair.First.Answer == pair.Second) / (double)items.Count;
        }
        return new PrecisionResult(options.Precision, model.GraphBytes + model.DataBytes, verified, loss, exact);
    }

    // The largest error of a logit; the errors' root mean square over the logits'; loss on the validation sample and its change against float32.
    private void Print(List<PrecisionResult> results)
    {
        PrecisionResult plain = results[0]; // float32
        display.Table(["precision", "bytes", "logit error", "relative", "loss", "change", "exact"], results.Select(result => (IReadOnlyList<string>)
        [
            Name(result.Precision) + (result.Accepted ? "" : " (not accepted)"),
            result.Bytes.ToString("N0", CultureInfo.InvariantCulture),
            FormattableString.Invariant($"{result.Verification.Error:0.0e+0}"),
            FormattableString.Invariant($"{100 * result.Verification.Relative:0.####} %"),
            result.ValidationLoss is { } loss ? FormattableString.Invariant($"{loss:0.0000}") : "-",
            result.ValidationLoss - plain.ValidationLoss is { } change ? FormattableString.Invariant($"{change:+0.0000;-0.0000;0}") : "-",
            result.ExactMatch is { } exact ? FormattableString.Invariant($"{100 * exact:0.0} %") : "-",
        ]));
        if (plain.ValidationLoss is null)
            display.Line($"{run.Path} has no {Path.GetFileName(run.ValidationFile)}, which training writes at its end: no validation loss");
        if (plain.ExactMatch is null)
            display.Line("No exact match: the run has no heldout.jsonl, or it was not asked for");
    }

    private static string Name(ExportPrecision precision) => precision.ToString().ToLowerInvariant();
}
