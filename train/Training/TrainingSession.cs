using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Tokenization;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Stability;

namespace MhcPipeline.Train.Training;

/// <summary>A trainer at work: what it reports goes to metrics.jsonl, to the watch for instability and to the screen.</summary>
/// <param name="run">The run folder.</param>
/// <param name="model">What is trained; after a finished run it has the best checkpoint's weights.</param>
/// <param name="data">What is learnt from.</param>
/// <param name="settings">The preset's.</param>
/// <param name="state">Where the run stands.</param>
/// <param name="resumes">True when that is where a checkpoint left it.</param>
internal sealed class TrainingSession(RunFolder run, LanguageModel model, Dataset data, TrainingSettings settings, RunState state, bool resumes)
{
    private const int Samples = 3;

    private readonly Checkpoint _checkpoint = new(run);
    private Action<MetricRecord> _observe = _ => { };
    private readonly BatchOptions _batches = new(settings.BatchSize, settings.BlockSize, (ulong)state.Identity.Seed);

    /// <summary>Where the run stands: the last step that was taken, however training ended.</summary>
    public RunState State { get; private set; } = state;

    /// <summary>Batches that the loss is measured on.</summary>
    public IReadOnlyList<Batch> Validation => field ??= data.Validation(_batches, settings.EvalBatches);

    /// <summary>Trains, and lets the finished model continue a few texts.</summary>
    /// <param name="title">Stands above the figures.</param>
    /// <param name="tokenizer">Of those texts.</param>
    /// <param name="stop">Asks to stop after the current step.</param>
    /// <exception cref="PipelineException">The run diverged, or its files cannot be written.</exception>
    public TrainingEnd Run(string title, TextTokenizer tokenizer, CancellationToken stop)
    {
        TimeSpan? budget = State.BudgetSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        using var trainer = new Trainer(model, data.Train(_batches), Validation, settings, budget, State, _checkpoint, record => _observe(record));
        if (resumes)
            trainer.Resume();
        else
            trainer.Begin(); // before metrics.jsonl of an earlier run goes
        using MetricsLog metrics = resumes ? MetricsLog.Resume(run.MetricsFile, State.Step) : MetricsLog.Create(run.MetricsFile);
        StabilityWatch watch = new();
        foreach (MetricRecord earlier in MetricsHistory.Read(run.MetricsFile).All)
            watch.See(earlier);
        TrainingEnd end = default;
        TrainingDisplay.Run(new DisplayOptions { Title = title, Steps = State.TotalSteps, FirstStep = State.Step, Budget = budget }, display =>
        {
            _observe = record =>
            {
                foreach (MetricRecord one in (IEnumerable<MetricRecord>)[record, .. watch.See(record)])
                {
                    metrics.Write(one);
                    display.Show(one);
                }
            };
            end = Train(trainer, tokenizer, stop);
        });
        return end;
    }

    private TrainingEnd Train(Trainer trainer, TextTokenizer tokenizer, CancellationToken stop)
    {
        _observe(new EventMetric(State.Step, resumes ? "resume" : "start", $"step {State.Step} of {State.TotalSteps}"));
        TrainingEnd end;
        try
        {
            end = trainer.Run(stop);
        }
        finally
        {
            State = trainer.State;
        }
        if (end == TrainingEnd.Stopped)
        {
            _observe(new EventMetric(State.Step, "stop", "saved"));
            return end;
        }
        _checkpoint.LoadBest(model);
        foreach (SampleMetric sample in new SampleWriter(new TextSampler(model), tokenizer).Write(Validation[0], Samples, data.Manifest.IsChat, State.Step))
            _observe(sample);
        return end;
    }
}
