using System.Diagnostics;
using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Corpus;
using MhcPipeline.Core.Presets;
using MhcPipeline.Tokenization;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Report;
using MhcPipeline.Train.Stability;
using MhcPipeline.Train.Training;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Command;

/// <summary>The train stage: prepares the data, trains or goes on training, and writes what the later stages read.</summary>
/// <param name="options">What was asked for.</param>
internal sealed class TrainStage(TrainOptions options)
{
    private const int Samples = 3;

    private readonly RunFolder _run = new(options.Run);

    /// <summary>Does all of it, or stops early with the run saved.</summary>
    /// <exception cref="PipelineException">Something the user can mend.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop while preparing data.</exception>
    public void Execute(CancellationToken stop)
    {
        _run.RequireFile(_run.TokenizerJson, "tokenizer");
        RunBeside? beside = options.Beside is { } other ? ReadBeside(other) : null;
        var checkpoint = new Checkpoint(_run);
        RunPlan plan = RunPlan.Make(options, options.Restart ? null : checkpoint.ReadState());
        using Dataset data = PrepareData(plan, stop);
        RunIdentity identity = plan.Identity(data.Manifest.Fingerprint);
        RequireSameRun(plan.Saved, identity);
        if (IsDone(plan))
            return;
        if (plan.Saved is null)
            checkpoint.Delete();

        TrainingSettings settings = plan.Preset.Training;
        var batches = new BatchOptions(settings.BatchSize, settings.BlockSize, (ulong)plan.Seed);
        BatchSource training = data.Train(batches);
        IReadOnlyList<Batch> validation = data.Validation(batches, settings.EvalBatches);
        TextTokenizer tokenizer = TextTokenizer.Load(_run.Path);
        using LanguageModel model = CreateModel(plan, data, tokenizer);
        RunState state = plan.Saved ?? new RunState { TotalSteps = plan.Steps, Identity = identity };
        state = state with { TotalSteps = plan.Steps, BudgetSeconds = plan.Budget?.TotalSeconds, Finished = false };

        TrainingEnd end = default;
        try
        {
            using (MetricsLog metrics = plan.Saved is null ? MetricsLog.Create(_run.MetricsFile) : MetricsLog.Resume(_run.MetricsFile, state.Step))
            {
                StabilityWatch watch = new();
                foreach (MetricRecord earlier in MetricsHistory.Read(_run.MetricsFile).All)
                    watch.See(earlier);
                var display = new DisplayOptions { Title = Title(model, plan), Steps = plan.Steps, FirstStep = state.Step, Budget = plan.Budget };
                TrainingDisplay.Run(display, shown =>
                {
                    void Observe(MetricRecord record)
                    {
                        foreach (MetricRecord one in (IEnumerable<MetricRecord>)[record, .. watch.See(record)])
                        {
                            metrics.Write(one);
                            shown.Show(one);
                        }
                    }
                    using var trainer = new Trainer(model, training, validation, settings, plan.Budget, state, checkpoint, Observe);
                    if (plan.Saved is not null)
                        trainer.Resume();
                    Observe(new EventMetric(state.Step, plan.Saved is null ? "start" : "resume", $"step {state.Step} of {plan.Steps}"));
                    try
                    {
                        end = trainer.Run(stop);
                    }
                    finally
                    {
                        state = trainer.State;
                    }
                    if (end == TrainingEnd.Stopped)
                    {
                        Observe(new EventMetric(state.Step, "stop", "saved"));
                        return;
                    }
                    checkpoint.LoadBest(model);
                    foreach (SampleMetric sample in new SampleWriter(new TextSampler(model), tokenizer).Write(validation[0], Samples, data.Manifest.IsChat, state.Step))
                        Observe(sample);
                });
            }
        }
        catch (PipelineException)
        {
            WriteReport(model, plan, data, state, TrainingEnd.Stopped, beside); // the report of a run that diverged is the one most looked at
            throw;
        }
        WriteReport(model, plan, data, state, end, beside);
        if (end == TrainingEnd.Stopped)
        {
            Console.WriteLine($"Stopped at step {state.Step} of {plan.Steps} and saved in {_run.CheckpointsFolder}.\nNext: the same command, or make train RUN={_run.Path}, continues.");
            return;
        }
        new RunArtifacts(_run).Write(model, validation, data.Manifest.IsChat);
        SayWhatIsNext(state);
    }

    private static ModelConfig Configuration(RunPlan plan, Dataset data, TextTokenizer tokenizer) =>
        plan.Preset.Model.ToConfig(tokenizer.VocabSize, plan.Connection) with
        {
            BosTokenId = tokenizer.EndOfTextId,
            EosTokenId = data.Manifest.IsChat ? tokenizer.ImEndId : tokenizer.EndOfTextId,
        };

    private Dataset PrepareData(RunPlan plan, CancellationToken stop)
    {
        DataSettings settings = plan.Preset.Data;
        DataSource source;
        if (plan.Data is { } path)
        {
            source = DataSource.FromPath(path);
        }
        else if (settings.Corpus is not null)
        {
            BusinessCorpus corpus = settings.CreateCorpus((ulong)plan.Seed);
            CorpusFile.Write(_run.HeldOutFile, corpus.HeldOut(settings.HeldOut));
            int validation = Math.Max(1, (int)(settings.Examples * settings.ValidationFraction));
            source = DataSource.FromCorpus(corpus, $"{settings.Corpus} seed {plan.Seed}, turns {settings.MaxTurns}, distractors {settings.MaxDistractors}", settings.Examples, settings.HeldOut, validation);
        }
        else
        {
            throw new PipelineException($"Preset {plan.PresetSource} has no corpus of its own; name a text with --data (make train DATA=file).");
        }
        var prepare = new DatasetOptions { Seed = (ulong)plan.Seed, ValidationFraction = settings.ValidationFraction };
        long began = Stopwatch.GetTimestamp();
        Dataset data = Dataset.Prepare(_run.DataFolder, source, TokenizerEncoder.Load(_run), prepare, cancellation: stop);
        if (!data.WasReused)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Tokenised {source.Name}: {data.Manifest.TrainTokens:#,0} tokens to learn from, {data.Manifest.ValidationTokens:#,0} to validate on, in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
        if (data.DoNotFit(plan.Preset.Training.BlockSize) is var (shortened, leftOut) && shortened + leftOut > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Of the conversations, {shortened:#,0} are longer than training.block_size ({plan.Preset.Training.BlockSize}) and shortened to whole answers; {leftOut:#,0} are left out."));
        return data;
    }

    private void RequireSameRun(RunState? saved, RunIdentity identity)
    {
        if (saved?.Identity.DifferenceTo(identity) is { } difference)
            throw new PipelineException($"{_run.Path} was begun with {difference}. Go on with the same settings, name another folder (RUN=folder), or begin anew with mhc-train --run {_run.Path} --restart.");
    }

    /// <summary>Says so when there is nothing left to train.</summary>
    private bool IsDone(RunPlan plan)
    {
        if (plan.Saved is not { Finished: true } saved || !File.Exists(_run.WeightsFile))
            return false;
        bool moreSteps = options.Steps > saved.Step, moreTime = options.Minutes * 60 > saved.Seconds && saved.Step < plan.Steps;
        if (moreSteps || moreTime)
            return false;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_run.Path} is trained: {saved.Step} steps, validation loss {saved.BestLoss:0.0000}."));
        Console.WriteLine($"To go on: make train RUN={_run.Path} STEPS={2 * saved.Step}. To begin anew: mhc-train --run {_run.Path} --restart. Next: make export RUN={_run.Path}");
        return true;
    }

    private LanguageModel CreateModel(RunPlan plan, Dataset data, TextTokenizer tokenizer)
    {
        if (options.Device == "cuda" && !cuda.is_available())
            throw new PipelineException("There is no CUDA device, or this libtorch was built without CUDA; use --device cpu.");
        var model = new LanguageModel(Configuration(plan, data, tokenizer), device(options.Device));
        model.Initialise(plan.Seed, mimetic: plan.Preset.Training.Initialisation == "mimetic");
        return model;
    }

    private string Title(LanguageModel model, RunPlan plan) => string.Create(
        CultureInfo.InvariantCulture, $"{_run.Path}: {plan.Connection}{(plan.Connection == "residual" ? "" : $" n={model.Config.HcMult}")}, {model.Config.NumHiddenLayers} layers x {model.Config.HiddenSize}, {model.Parameters.Count:#,0} parameters");

    private static RunBeside ReadBeside(string folder)
    {
        var run = new RunFolder(folder);
        run.RequireFile(run.MetricsFile, "train");
        return new(run.Name, MetricsHistory.Read(run.MetricsFile));
    }

    private static IEnumerable<ReportFact> FactsBeside(RunBeside beside)
    {
        MetricsHistory history = beside.History;
        if (history.Steps.Count == 0 || history.Evals.Count == 0)
            yield break;
        const string Group = "Beside";
        yield return new(Group, "run", beside.Name);
        yield return new(Group, "steps", Number(history.Steps[^1].Step));
        yield return new(Group, "time", Clock(history.Steps[^1].Seconds));
        yield return new(Group, "best validation loss", string.Create(CultureInfo.InvariantCulture, $"{history.Evals.Min(eval => eval.ValidationLoss):0.0000}"));
    }

    private void WriteReport(LanguageModel model, RunPlan plan, Dataset data, RunState state, TrainingEnd end, RunBeside? beside)
    {
        ModelConfig config = model.Config;
        ReportWriter.Write(_run.ReportFile, new RunReport
        {
            Title = _run.Name,
            Subtitle = Title(model, plan),
            IsRunning = end == TrainingEnd.Stopped,
            PlannedSteps = plan.Steps,
            History = MetricsHistory.Read(_run.MetricsFile),
            Beside = beside,
            Facts =
            [
                new("Model", "connection", plan.Connection),
                new("Model", "streams", $"{config.HcMult}"),
                new("Model", "layers x width", $"{config.NumHiddenLayers} x {config.HiddenSize}"),
                new("Model", "heads (key-value)", $"{config.NumAttentionHeads} ({config.NumKeyValueHeads})"),
                new("Model", "parameters", Number(model.Parameters.Count)),
                new("Model", "vocabulary", Number(config.VocabSize)),
                new("Data", "source", data.Manifest.Source),
                new("Data", "tokens to learn from", Number(data.Manifest.TrainTokens)),
                new("Data", "tokens to validate on", Number(data.Manifest.ValidationTokens)),
                new("Training", "preset", plan.PresetSource),
                new("Training", "seed", $"{plan.Seed}"),
                new("Training", "steps", $"{state.Step} of {plan.Steps}"),
                new("Training", "tokens seen", Number(state.Tokens)),
                new("Training", "time", Clock(state.Seconds)),
                new("Training", "best validation loss", string.Create(CultureInfo.InvariantCulture, $"{state.BestLoss:0.0000} at step {state.BestStep}")),
                new("Training", "peak memory", PeakMemory()),
                .. beside is null ? [] : FactsBeside(beside),
            ],
        });
    }

    private void SayWhatIsNext(RunState state)
    {
        string[] written = [_run.WeightsFile, _run.ConfigJson, _run.GenerationConfigJson, _run.ExpectedFile, _run.ValidationFile, _run.MetricsFile, _run.ReportFile];
        Console.WriteLine($"Wrote {string.Join(", ", written.Select(Path.GetFileName))} to {_run.Path}");
        Console.WriteLine($"Next: make export RUN={_run.Path}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Validation loss {state.BestLoss:0.0000} (step {state.BestStep} of {state.Step}), time {Clock(state.Seconds)}, peak memory {PeakMemory()}"));
    }

    private static string Clock(double seconds) => TimeSpan.FromSeconds(seconds).ToString(seconds < 3600 ? @"m\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string PeakMemory() => string.Create(CultureInfo.InvariantCulture, $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:#,0} MB");
}
