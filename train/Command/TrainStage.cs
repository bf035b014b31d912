using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Core.Programs;
using MhcPipeline.Tokenization;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using MhcPipeline.Train.Report;
using MhcPipeline.Train.Training;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Command;

/// <summary>The train stage: prepares the data, trains or goes on training, and writes what the later stages read.</summary>
/// <param name="options">What was asked for.</param>
internal sealed class TrainStage(TrainOptions options)
{
    private readonly RunFolder _run = new(options.Run);

    /// <summary>Does all of it.</summary>
    /// <exception cref="PipelineException">Something the user can mend.</exception>
    /// <exception cref="OperationCanceledException">Asked to stop: while preparing data, or (<see cref="StoppedException"/>) while training, with the run saved.</exception>
    public void Execute(CancellationToken stop)
    {
        _run.RequireFile(_run.TokenizerJson, "tokenizer");
        RunBeside? beside = options.Beside is { } other ? RunBeside.Read(other) : null;
        var checkpoint = new Checkpoint(_run);
        RunPlan plan = RunPlan.Make(options, options.Restart ? null : checkpoint.ReadState());
        TextTokenizer tokenizer = TextTokenizer.Load(_run.Path);
        MemoryEstimate memory = EstimateMemory(plan, tokenizer.VocabSize);

        using Dataset data = new RunData(_run, plan.Seed).Prepare(plan.Preset, plan.Data, stop);
        var resuming = new Resuming(_run, plan);
        resuming.RequireSameRun(plan.Identity(data.Manifest.Fingerprint));
        if (resuming.IsDone(options))
            return;
        if (plan.Saved is null)
            checkpoint.Delete();
        SayWhatIsAhead(plan, memory);
        try
        {
            Train(plan, data, tokenizer, beside, stop);
        }
        catch (Exception e) when (MemoryEstimate.HasRunOut(e))
        {
            throw new PipelineException(memory.Exhausted(), e);
        }
    }

    private void Train(RunPlan plan, Dataset data, TextTokenizer tokenizer, RunBeside? beside, CancellationToken stop)
    {
        using LanguageModel model = CreateModel(plan, tokenizer, data.Manifest.IsChat);
        var session = new TrainingSession(_run, model, data, plan.Preset.Training, plan.Begin(data.Manifest.Fingerprint), resumes: plan.Saved is not null);
        TrainingEnd end = TrainingEnd.Stopped;
        try
        {
            end = session.Run(Title(model), tokenizer, stop);
        }
        catch (PipelineException)
        {
            WriteReport(model, data.Manifest, session.State, end, beside); // the report of a run that diverged is the one most looked at
            throw;
        }
        WriteReport(model, data.Manifest, session.State, end, beside);
        if (end == TrainingEnd.Stopped)
            throw new StoppedException($"stopped at step {session.State.Step} of {plan.Steps} and saved in {_run.CheckpointsFolder}.\nNext: the same command, or make train RUN={_run.Path}, continues.");
        new RunArtifacts(_run).Write(model, session.Validation, data.Manifest.IsChat);
        SayWhatIsNext(session.State);
    }

    /// <summary>Refuses what this machine has not the memory for, before any of it is taken.</summary>
    private MemoryEstimate EstimateMemory(RunPlan plan, int vocabulary)
    {
        MemoryEstimate memory = MemoryEstimate.Of(plan.Preset.Model.ToConfig(vocabulary, plan.Connection), plan.Preset.Training, Replicas.Best(device(options.Device)));
        if (options.Device == "cpu")
            memory.RequireFits(MemoryEstimate.Available);
        return memory;
    }

    private void SayWhatIsAhead(RunPlan plan, MemoryEstimate memory)
    {
        if (options.Device == "cpu")
            Console.WriteLine(memory.Describe(MemoryEstimate.Available));
        TrainingSettings settings = plan.Preset.Training;
        if (settings.WarmupSteps >= plan.Steps)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The warm-up (training.warmup_steps {settings.WarmupSteps}) is no shorter than the run ({plan.Steps} steps): the learning rate only rises, to {new LearningRateSchedule(settings, plan.Steps).Highest:g3} of {settings.LearningRate:g3}."));
    }

    private LanguageModel CreateModel(RunPlan plan, TextTokenizer tokenizer, bool isChat)
    {
        if (options.Device == "cuda" && !cuda.is_available())
            throw new PipelineException("There is no CUDA device, or this libtorch was built without CUDA; use --device cpu.");
        ModelConfig config = plan.Preset.Model.ToConfig(tokenizer.VocabSize, plan.Connection) with
        {
            BosTokenId = tokenizer.EndOfTextId,
            EosTokenId = isChat ? tokenizer.ImEndId : tokenizer.EndOfTextId,
        };
        var model = new LanguageModel(config, device(options.Device));
        model.Initialise(plan.Seed, mimetic: plan.Preset.Training.Initialisation == "mimetic");
        return model;
    }

    private string Title(LanguageModel model)
    {
        ModelConfig config = model.Config;
        string streams = config.Connection == "residual" ? "" : $" n={config.HcMult}";
        return string.Create(CultureInfo.InvariantCulture, $"{_run.Path}: {config.Connection}{streams}, {config.NumHiddenLayers} layers x {config.HiddenSize}, {model.Parameters.Count:#,0} parameters");
    }

    private void WriteReport(LanguageModel model, DatasetManifest data, RunState state, TrainingEnd end, RunBeside? beside) =>
        ReportWriter.Write(_run.ReportFile, new RunReport
        {
            Title = _run.Name,
            Subtitle = Title(model),
            IsRunning = end == TrainingEnd.Stopped,
            PlannedSteps = state.TotalSteps,
            History = MetricsHistory.Read(_run.MetricsFile),
            Beside = beside,
            Facts = RunFacts.Of(model.Config, model.Parameters.Count, data, state, beside),
        });

    private void SayWhatIsNext(RunState state)
    {
        string[] written = [_run.WeightsFile, _run.ConfigJson, _run.GenerationConfigJson, _run.ExpectedFile, _run.ValidationFile, _run.MetricsFile, _run.ReportFile];
        Console.WriteLine($"Wrote {string.Join(", ", written.Select(Path.GetFileName))} to {_run.Path}");
        Console.WriteLine($"Next: make export RUN={_run.Path}");
        Console.WriteLine($"Validation loss {RunFacts.Loss(state.BestLoss)} (step {state.BestStep} of {state.Step}), time {RunFacts.Clock(state.Seconds)}, peak memory {RunFacts.PeakMemory()}");
    }
}
