using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Evaluation;
using MhcPipeline.Export.Output;
using MhcPipeline.Export.Verification;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Export.Command;

/// <summary>The export stage on a run folder: onnx/ from what training wrote, then eval.json.</summary>
internal sealed class RunExport(RunFolder run, StepDisplay display)
{
    private readonly List<string> _written = [];
    private bool _needsGpu;

    /// <summary>Exports and verifies. The run's onnx folder is replaced when everything has succeeded, else it stays as it was.</summary>
    /// <exception cref="PipelineException">Something is missing or does not fit, or the exported model differs from training.</exception>
    public void Export(ExportOptions options)
    {
        StoredWeights.RequireConfig(run);
        ModelConfig config = ModelConfig.Load(run.ConfigJson);
        bool recorded = File.Exists(run.ExpectedFile) || !config.FromElsewhere;
        TextTokenizer tokenizer = Tokenizer(config);
        using ITensorSource weights = display.Step("read", () =>
        {
            ITensorSource file = StoredWeights.Open(run, config);
            tokenizer.RequireTrainedWith(file.Path, file.Metadata);
            return (file, $"{run.Path}: {Describe(config)}, {Number(file.Tensors.Values.Sum(tensor => tensor.Count))} parameters");
        });

        if (recorded)
            run.RequireFile(run.ExpectedFile, "train");
        if (WeightsRecord.TrainedSince(run, weights.Metadata) is { } since)
            display.Line($"{"note",-10} {since}");

        using var folder = new StagedFolder(run.OnnxFolder);
        ExportedModel model = display.Step("write", () =>
        {
            ExportedModel exported = OnnxExporter.Export(config, weights, folder.Path, options with { Calibration = recorded ? CalibrationSet.FromExpected(run.ExpectedFile, config) : CalibrationSet.Random(config) });
            GenAiConfigFile.Write(folder.In("genai_config.json"), config, tokenizer);
            foreach (string file in new[] { run.TokenizerJson, run.TokenizerConfigJson, run.GenerationConfigJson }.Where(File.Exists))
                File.Copy(file, folder.In(Path.GetFileName(file)));
            return (exported, $"{options.Mode.ToString().ToLowerInvariant()}, {options.Precision.ToString().ToLowerInvariant()}: {Number(exported.Nodes)} nodes, {Number(exported.DataBytes)} bytes of weights; without folds {Number(exported.Folding.Change.OperatorsBefore)} nodes, which changed a logit by {(exported.Folding.Error is { } error ? FormattableString.Invariant($"at most {error:0.0e+0}") : $"an amount that was {exported.Folding.Measured}")}");
        });
        VerificationResult verified = display.Step("verify", () =>
        {
            using var twin = model.RunsOnCpu ? null : new StagedFolder(Path.Combine(run.Path, "verify"));
            string modelPath = twin is null ? model.ModelPath : OnnxExporter.Export(config, weights, twin.Path, options with { Widened = true }).ModelPath;
            VerificationResult result = recorded ? LogitVerification.Verify(modelPath, options.Precision, run.ExpectedFile, config)
                : LogitVerification.VerifyAlone(modelPath, options.Precision, config);
            string whole = result.Prefill is { } prefill ? FormattableString.Invariant($"{prefill.Largest:0.0e+0} (whole sequences), ") : "against whole sequences: ";
            return (result, (twin is null ? "" : $"the same rounded weights in float32, as no CPU provider runs {options.Precision.ToString().ToLowerInvariant()}: ") + (recorded ? "" : $"{run.Path} has no {Path.GetFileName(run.ExpectedFile)}, so there is no training side to compare with; ") + FormattableString.Invariant(
                $"largest error of a logit {whole}{result.Chunked.Largest:0.0e+0} (in pieces), {result.Decode.Largest:0.0e+0} (decoded together), {100 * result.Relative:0.####} % of the logits; accepted {LogitLimit.Of(options.Precision)}"));
        });
        ExportReportFile.Write(folder.In("export.json"), config, model, verified);
        folder.Commit();
        _needsGpu = !model.RunsOnCpu;
        _written.Add(run.OnnxFolder);
    }

    /// <summary>Measures exact match on the run's held-out items, if it has any, and writes eval.json.</summary>
    /// <exception cref="PipelineException">heldout.jsonl is malformed or the exported model cannot be run.</exception>
    public async Task EvaluateAsync(int examples, CancellationToken cancellation)
    {
        if (_needsGpu)
        {
            display.Line($"{"evaluate",-10} nothing measured: answers come from the CPU, which does not run this precision; `mhc-serve --cuda` does");
            return;
        }
        if (!File.Exists(run.HeldOutFile))
        {
            display.Line($"{"evaluate",-10} {run.Path} has no heldout.jsonl: nothing to measure");
            return;
        }
        await new HeldOutEvaluation(run, display).RunAsync(examples, cancellation);
        _written.Add(run.EvalFile);
    }

    /// <summary>Names what was written, and the next command.</summary>
    public void SayWhatIsNext()
    {
        display.Line($"Wrote {string.Join(" and ", _written)}");
        display.Line($"Next: {(_needsGpu ? $"mhc-serve --run {run.Path} --cuda" : run.Make("serve"))}");
    }

    // Without advice that would put another tokenizer or other weights in the place of a checkpoint's own.
    private TextTokenizer Tokenizer(ModelConfig config)
    {
        if (config.FromElsewhere && !File.Exists(run.TokenizerJson))
        {
            throw new PipelineException($"{run.Path} has no {Path.GetFileName(run.TokenizerJson)}; its config.json was not written by `make train`. Fetch the checkpoint's own into the folder " +
                "(a tokenizer.model of SentencePiece is not read).");
        }
        run.RequireFile(run.TokenizerJson, "tokenizer");
        TextTokenizer tokenizer = TextTokenizer.Load(run.TokenizerJson);
        if (tokenizer.VocabSize > config.VocabSize)
        {
            throw new PipelineException($"{run.TokenizerJson} has {tokenizer.VocabSize} tokens, but {run.ConfigJson} has vocab_size {config.VocabSize}: they are not of one model. " +
                (config.FromElsewhere ? "Fetch both from one place." : $"Train the run again with `{run.Make("train")}`."));
        }
        return tokenizer;
    }

    private static string Describe(ModelConfig config)
    {
        string streams = config.Connection == "residual" ? "" : $" with {config.HcMult} streams";
        return $"{config.Connection}{streams}, {config.NumHiddenLayers} layers, {config.HiddenSize} wide";
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
