using System.Globalization;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Core.Programs;
using MhcPipeline.Core.Safetensors;
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
        _run.RequireFile(_run.TokenizerJson, "tokenizer", ("PRESET", options.Preset), ("DATA", options.Data), ("SEED", options.Seed));
        var placement = Placement.Choose(options.Device, precision: null); // a device that is not there is said before anything is done
        using RunLock held = RunLock.Take(_run);
        RunBeside? beside = options.Beside is { } other ? RunBeside.Read(other) : null;
        var checkpoint = new Checkpoint(_run);
        RunState? found = ReadState(checkpoint);
        RunPlan plan = RunPlan.Make(options, found, TrainedFrom.Read(_run.TokenizerConfigJson));
        var resuming = new Resuming(_run, plan, options);
        resuming.RequireOwnWeights();
        var text = new RunData(_run, plan.Preset, plan.Data, plan.Seed, options.Data is null ? plan.Saved?.Identity.Data : null);
        resuming.RequireSameRun(plan.Identity(text.Fingerprint));
        if (resuming.IsDone())
            return;
        TextTokenizer tokenizer = TextTokenizer.Load(_run.Path);
        placement = Placement.Choose(options.Device, plan.Preset.Training.Precision);
        MemoryEstimate memory = EstimateMemory(plan, placement, tokenizer.VocabSize); // nothing has been written yet
        if (plan.Origin is { } origin)
            Console.WriteLine(origin);

        using Dataset data = text.Prepare(stop);
        SayWhatIsAhead(plan, placement, memory);
        try
        {
            Train(plan, placement, data, tokenizer, beside, forgetsHeldOut: plan is { Saved: null, Data: not null } && found is { Identity.DataPath: null }, stop);
        }
        catch (Exception e) when (MemoryEstimate.HasRunOut(e))
        {
            throw new PipelineException(memory.Exhausted(), e);
        }
    }

    private void Train(RunPlan plan, Placement placement, Dataset data, TextTokenizer tokenizer, RunBeside? beside, bool forgetsHeldOut, CancellationToken stop)
    {
        using LanguageModel model = CreateModel(plan, placement, tokenizer, data.Manifest.IsChat);
        if (forgetsHeldOut)
            DeleteHeldOut();
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
            throw new StoppedException($"stopped at step {session.State.Step} of {plan.Steps} and saved in {_run.CheckpointsFolder}.\nNext: the same command, or {_run.Make("train")}, continues.");
        new RunArtifacts(_run).Write(
            model, session.Validation, data.Manifest.IsChat, (WeightsRecord.Tokenizer, tokenizer.Fingerprint), (WeightsRecord.Step, session.State.Step.ToString(CultureInfo.InvariantCulture)));
        SayWhatIsNext(session.State);
    }

    /// <summary>Refuses what this machine has not the memory for, before any of it is taken.</summary>
    private static MemoryEstimate EstimateMemory(RunPlan plan, Placement placement, int vocabulary)
    {
        MemoryEstimate memory = MemoryEstimate.Of(plan.Preset.Model.ToConfig(vocabulary, plan.Connection), plan.Preset.Training, Replicas.Best(placement.Device), placement.Precision);
        if (!placement.IsCuda)
            memory.RequireFits(MemoryEstimate.Available);
        return memory;
    }

    private static void SayWhatIsAhead(RunPlan plan, Placement placement, MemoryEstimate memory)
    {
        if (placement.Missing is { } missing && plan.Connection != "residual")
            Console.WriteLine(missing);
        if (!placement.IsCuda)
            Console.WriteLine(memory.Describe(MemoryEstimate.Available));
        TrainingSettings settings = plan.Preset.Training;
        if (settings.WarmupSteps >= plan.Steps)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The warm-up (training.warmup_steps {settings.WarmupSteps}) is no shorter than the run ({plan.Steps} steps): the learning rate only rises, to {new LearningRateSchedule(settings, plan.Steps).Highest:g3} of {settings.LearningRate:g3}."));
    }

    /// <summary>A checkpoint that cannot be read is no hindrance to beginning anew.</summary>
    private RunState? ReadState(Checkpoint checkpoint)
    {
        try
        {
            return checkpoint.ReadState();
        }
        catch (PipelineException) when (options.Restart)
        {
            return null;
        }
    }

    /// <summary>What an earlier run on the corpus kept from training, and how its model did on it, says nothing of one that learns another text.</summary>
    private void DeleteHeldOut()
    {
        File.Delete(_run.HeldOutFile);
        File.Delete(_run.EvalFile);
    }

    private static LanguageModel CreateModel(RunPlan plan, Placement placement, TextTokenizer tokenizer, bool isChat)
    {
        ModelConfig config = plan.Preset.Model.ToConfig(tokenizer.VocabSize, plan.Connection) with
        {
            BosTokenId = tokenizer.EndOfTextId,
            EosTokenId = isChat ? tokenizer.ImEndId : tokenizer.EndOfTextId,
        };
        var model = new LanguageModel(config, placement.Device) { Precision = placement.Precision };
        model.Initialise(plan.Seed, mimetic: plan.Preset.Training.Initialisation == "mimetic");
        return model;
    }

    private string Title(LanguageModel model)
    {
        ModelConfig config = model.Config;
        string streams = config.Connection == "residual" ? "" : $" n={config.HcMult}";
        return string.Create(CultureInfo.InvariantCulture, $"{_run.Path}: {config.Connection}{streams}, {config.NumHiddenLayers} layers x {config.HiddenSize}, {model.Parameters.Count:#,0} parameters{Elsewhere(model)}");
    }

    /// <summary>Where a model computes and in what, unless in float32 on the CPU.</summary>
    private static string Elsewhere(LanguageModel model)
    {
        var placement = new Placement(model.Parameters.Device, model.Precision);
        return placement is { IsCuda: false, Precision: ScalarType.Float32 } ? "" : $", {placement}";
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
        Console.WriteLine($"Next: {_run.Make("export")}");
        Console.WriteLine($"Validation loss {RunFacts.Loss(state.BestLoss)} (step {state.BestStep} of {state.Step}), time {RunFacts.Clock(state.Seconds)}, peak memory {RunFacts.PeakMemory()}");
    }
}
