using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using MhcPipeline.Train.Parameters;
using TorchSharp;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Training;

/// <summary>Trains a model: steps, evaluations, checkpoints. A run that is stopped and resumed takes the same steps as one that is not.</summary>
public sealed class Trainer : IDisposable
{
    private readonly LanguageModel _model;
    private readonly BatchSource _training;
    private readonly IReadOnlyList<Batch> _validation;
    private readonly TrainingSettings _settings;
    private readonly Checkpoint _checkpoint;
    private readonly Action<MetricRecord> _observe;
    private readonly Replicas _replicas;
    private readonly IOptimizer _optimizer;
    private readonly LearningRateSchedule _schedule;
    private readonly TrainingProgress _progress;
    private readonly bool _ahead;
    private StepAhead? _unread;
    private long _lastRead;

    /// <summary>Prepares to train from a state on.</summary>
    /// <param name="model">Initialised, or about to be filled by <see cref="Resume"/>.</param>
    /// <param name="training">Batches to learn from.</param>
    /// <param name="validation">Batches to evaluate on; with none there are no evaluations, and no best checkpoint.</param>
    /// <param name="settings">The preset's.</param>
    /// <param name="budget">Time of the whole run; null when only steps count.</param>
    /// <param name="state">Where the run stands: fresh, or as a checkpoint has it.</param>
    /// <param name="checkpoint">Where the run is kept.</param>
    /// <param name="observer">Given every record of metrics.jsonl, on this thread.</param>
    public Trainer(
        LanguageModel model, BatchSource training, IReadOnlyList<Batch> validation, TrainingSettings settings, TimeSpan? budget,
        RunState state, Checkpoint checkpoint, Action<MetricRecord> observer)
        : this(model, training, validation, settings, budget, state, checkpoint, observer, ahead: model.Parameters.Device.type == DeviceType.CUDA)
    {
    }

    /// <summary>With <paramref name="ahead"/> steps follow one another without waiting for the device, and what they came to is read one step late.</summary>
    internal Trainer(
        LanguageModel model, BatchSource training, IReadOnlyList<Batch> validation, TrainingSettings settings, TimeSpan? budget,
        RunState state, Checkpoint checkpoint, Action<MetricRecord> observer, bool ahead)
    {
        _ahead = ahead;
        (_model, _training, _validation, _settings, _checkpoint, _observe) = (model, training, validation, settings, checkpoint, observer);
        State = state;
        model.Connection.KeepEvery = KeepEvery(model.Config, settings);
        _replicas = new Replicas(model, Replicas.Best(model.Parameters.Device));
        _optimizer = CreateOptimizer(model.Parameters, settings);
        _schedule = new LearningRateSchedule(settings, state.TotalSteps);
        _progress = new TrainingProgress(state.TotalSteps, budget);
    }

    /// <summary>Where the run stands.</summary>
    public RunState State { get; private set; }

    /// <summary>Takes weights, moments and random state from the last checkpoint.</summary>
    public void Resume() => _checkpoint.LoadLast(_model, _optimizer);

    /// <summary>
    /// Begins: the last checkpoint is of the run before its first step, in place of what an earlier run may have left. So that nothing is gone before
    /// something is there, and a disk too small for a checkpoint is found before training.
    /// </summary>
    public void Begin()
    {
        _checkpoint.SaveLast(State, _model, _optimizer);
        _checkpoint.DeleteBest();
    }

    /// <summary>Trains until the run is finished or asked to stop; the last checkpoint is then up to date.</summary>
    /// <param name="stop">Asks to stop after the current step.</param>
    /// <exception cref="PipelineException">A loss, gradient or weight is no finite number; the last good checkpoint stands.</exception>
    public TrainingEnd Run(CancellationToken stop)
    {
        double earlier = State.Seconds;
        var clock = Stopwatch.StartNew();
        while (_progress.At(State.Step, TimeSpan.FromSeconds(State.Seconds)) is var progress && progress < 1)
        {
            if (stop.IsCancellationRequested)
            {
                ReadLast();
                SaveLast();
                return TrainingEnd.Stopped;
            }
            if (_ahead)
            {
                StepAhead next = StartStep(progress);
                State = State with { Step = next.Step, Tokens = next.Tokens, Seconds = earlier + clock.Elapsed.TotalSeconds };
                StepAhead? last = _unread;
                _unread = next;
                Read(last);
            }
            else
            {
                StepMetric metric = Step(progress);
                State = State with { Step = metric.Step, Tokens = metric.Tokens, Seconds = earlier + clock.Elapsed.TotalSeconds };
                _observe(metric with { Seconds = State.Seconds });
            }

            bool evaluates = State.Step % _settings.EvalEvery == 0, saves = State.Step % _settings.CheckpointEvery == 0;
            if (evaluates || saves)
                ReadLast();
            if (evaluates)
                Evaluate();
            if (saves)
                SaveLast();
        }
        ReadLast();
        if (State.Finished)
            return TrainingEnd.Finished;
        if (State.Step % _settings.EvalEvery != 0)
            Evaluate();
        State = State with { Finished = true };
        SaveLast();
        return TrainingEnd.Finished;
    }

    /// <summary>The mean loss over the validation batches, in nats a target token.</summary>
    public double ValidationLoss()
    {
        double total = 0;
        long targets = _validation.Sum(batch => (long)batch.TargetTokens);
        if (_ahead)
        {
            using var scope = NewDisposeScope();
            Tensor sum = zeros([], dtype: ScalarType.Float64, device: _model.Parameters.Device);
            foreach (Batch batch in _validation)
                sum.add_(_replicas.LossAhead(batch, weight: 1, backward: false));
            return sum.ToDouble() / targets;
        }
        foreach (Batch batch in _validation)
            total += _replicas.Loss(batch, weight: 1, backward: false);
        return total / targets;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _unread?.Dispose();
        _optimizer.Dispose();
        _replicas.Dispose();
    }

    /// <summary>One optimizer step: the gradient of the mean loss over the step's batches, clipped, then the optimizer.</summary>
    private StepMetric Step(double progress)
    {
        long started = Stopwatch.GetTimestamp();
        double rate = _schedule.At(State.Step, progress);
        using GainRecorder? gains = State.Step % _settings.GainsEvery == 0 ? new GainRecorder(_model.Connection) : null;

        Batch[] batches = Batches();
        double targets = batches.Sum(batch => batch.TargetTokens), loss = 0;

        _model.Parameters.ClearGradient();
        foreach (Batch batch in batches)
            loss += _replicas.Loss(batch, weight: 1 / targets, backward: true);
        double norm = GradientClipping.Clip(_model.Parameters, _settings.GradientClip);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
            throw Diverged(FormattableString.Invariant($"at step {State.Step + 1} the loss is {loss}, the gradient's norm {norm}{NotFinite(_model.Parameters.Gradient)} (learning rate {rate:g3})"));
        _optimizer.Step(rate);

        if (gains?.Measure(State.Step) is { } measured)
            _observe(measured);
        long tokens = batches.Sum(batch => (long)batch.Tokens);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new(State.Step + 1, loss, rate, norm, tokens / seconds, State.Tokens + tokens, State.Seconds + seconds);
    }

    /// <summary>
    /// The same as far as a device is told what to do: nothing waits for its results, which are read when the next step has been started. A step that diverges
    /// is found then; what it made of the weights is in no checkpoint, since none is written before all is read.
    /// </summary>
    private StepAhead StartStep(double progress)
    {
        long started = Stopwatch.GetTimestamp();
        double rate = _schedule.At(State.Step, progress);
        using var scope = NewDisposeScope();
        using GainRecorder? gains = State.Step % _settings.GainsEvery == 0 ? new GainRecorder(_model.Connection) : null; // of these steps some kilobytes are waited for
        Batch[] batches = Batches();
        double targets = batches.Sum(batch => batch.TargetTokens);
        Tensor loss = zeros([], dtype: ScalarType.Float32, device: _model.Parameters.Device);

        _model.Parameters.ClearGradient();
        foreach (Batch batch in batches)
            loss.add_(_replicas.LossAhead(batch, weight: 1 / targets, backward: true));
        var figures = new LateReading(loss, GradientClipping.ClipAhead(_model.Parameters, _settings.GradientClip));
        _optimizer.Step(rate);
        long tokens = batches.Sum(batch => (long)batch.Tokens);
        return new(figures, State.Step + 1, rate, tokens, State.Tokens + tokens, started, gains?.Measure(State.Step));
    }

    /// <summary>Waits for all that was started.</summary>
    private void ReadLast()
    {
        StepAhead? last = _unread;
        _unread = null;
        Read(last);
    }

    /// <summary>Reports a step, if there is one.</summary>
    private void Read(StepAhead? step)
    {
        if (step is null)
            return;
        using (step)
        {
            double[] figures = step.Figures.Values();
            (double loss, double norm) = (figures[0], figures[1]);
            if (!double.IsFinite(loss) || !double.IsFinite(norm))
                throw Diverged(FormattableString.Invariant($"at step {step.Step} the loss is {loss}, the gradient's norm {norm}{NotFinite(_model.Parameters.Gradient)} (learning rate {step.Rate:g3})"));
            if (step.Gains is { } gains)
                _observe(gains);
            long done = Stopwatch.GetTimestamp();
            double seconds = Stopwatch.GetElapsedTime(Math.Max(step.Started, _lastRead), done).TotalSeconds;
            _lastRead = done;
            _observe(new StepMetric(step.Step, loss, step.Rate, norm, step.OwnTokens / seconds, step.Tokens, State.Seconds));
        }
    }

    /// <summary>The batches of the next step. They may bear different numbers of targets: each counts by its targets, as one large batch would.</summary>
    private Batch[] Batches()
    {
        int parts = _settings.GradientAccumulation;
        return [.. Enumerable.Range(0, parts).Select(part => _training.Get((State.Step * parts) + part))];
    }

    /// <summary>
    /// Sites from one whose streams are kept to the next. A kept site costs nC a token, one to be written again (n + 2)C while its block is gone
    /// through: the sum is least at the root of nL / (n + 2).
    /// </summary>
    internal static int KeepEvery(ModelConfig config, TrainingSettings settings)
    {
        if (!settings.Recompute || settings.RecomputeBlock > 0)
            return settings.Recompute ? settings.RecomputeBlock : 1;
        double n = config.HcMult, sites = 2.0 * config.NumHiddenLayers;
        return Math.Max(1, (int)Math.Round(Math.Sqrt(n * sites / (n + 2))));
    }

    private static IOptimizer CreateOptimizer(ParameterStore parameters, TrainingSettings settings)
    {
        var adamW = new AdamWOptions(settings.Beta1, settings.Beta2, settings.WeightDecay);
        return settings.Optimizer == "muon"
            ? new Muon(parameters, new MuonOptions(settings.MuonLearningRate / settings.LearningRate, settings.WeightDecay), adamW)
            : new AdamW(parameters, adamW);
    }

    private void Evaluate()
    {
        if (_validation.Count == 0)
            return;
        double loss = ValidationLoss();
        _observe(new EvalMetric(State.Step, loss));
        RequireSound(loss);
        if (loss < State.BestLoss)
        {
            _checkpoint.SaveBest(_model);
            State = State with { BestLoss = loss, BestStep = State.Step };
        }
    }

    private void SaveLast()
    {
        RequireSound(_validation.Count == 0 ? 0 : _replicas.Loss(_validation[0], weight: 1, backward: false));
        _checkpoint.SaveLast(State, _model, _optimizer);
    }

    /// <summary>
    /// Keeps a checkpoint from being replaced by one that training could not go on from: a step with a finite gradient may leave weights that are
    /// no numbers, or such large ones that the next forward pass gives none.
    /// </summary>
    /// <param name="loss">With the weights as they are now.</param>
    private void RequireSound(double loss)
    {
        using var scope = NewDisposeScope();
        if (!double.IsFinite(loss) || !double.IsFinite(_model.Parameters.Data.norm().ToDouble()))
            throw Diverged(FormattableString.Invariant($"after step {State.Step} the validation loss is {loss}{NotFinite(_model.Parameters.Data)}"));
    }

    /// <summary>Names the tensors of a buffer that hold anything but finite numbers: few of them show where it began.</summary>
    private string NotFinite(Tensor buffer)
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<ParameterSpec> all = _model.Parameters.Specs;
        string[] broken = [.. all.Select(spec => spec.Name).Where(name => !double.IsFinite(_model.Parameters.Part(buffer, name).norm().ToDouble()))];
        return broken.Length == 0 ? "" : $", with {broken.Length} of {all.Count} tensors not finite, such as {broken[0]}";
    }

    private PipelineException Diverged(string what)
    {
        string kept = _checkpoint.ReadState() is { } state ? $"The checkpoint of step {state.Step} stands" : "No checkpoint has been written yet";
        string message = $"Training diverged: {what}. {kept}. Lower training.learning_rate in the preset, or raise its warmup_steps, and begin anew with --restart.";
        _observe(new EventMetric(State.Step, EventMetric.Diverged, message));
        return new(message);
    }
}
