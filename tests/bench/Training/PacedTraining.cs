using System.Diagnostics;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Training;
using static TorchSharp.torch;

namespace MhcPipeline.Bench.Training;

/// <summary>
/// The real <see cref="Trainer"/>, a few steps at a time: it runs on a thread of its own and waits inside its observer until it is its turn
/// again. So what is measured is the training loop that users run, replicas, clipping, optimizer and samples of the gains included.
/// </summary>
internal sealed class PacedTraining : ISide
{
    private readonly SemaphoreSlim _turn = new(0), _done = new(0);
    private readonly LanguageModel _model;
    private readonly Thread _thread;
    private int _left;
    private bool _end;
    private Exception? _failure;

    /// <summary>Builds the model; the first step is taken in the first turn.</summary>
    /// <param name="name">What tables call it.</param>
    /// <param name="config">The model.</param>
    /// <param name="settings">How it is trained.</param>
    /// <param name="batches">What it is trained on.</param>
    /// <param name="device">Where; the CPU if null.</param>
    public PacedTraining(string name, ModelConfig config, TrainingSettings settings, BatchSource batches, Device? device = null)
    {
        Name = name;
        _model = new LanguageModel(config, device ?? CPU);
        _model.Initialise(1);
        TrainingSettings endless = settings with { EvalEvery = int.MaxValue, CheckpointEvery = int.MaxValue };
        _thread = new Thread(() => Train(endless, batches)) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public double Run(int steps)
    {
        ObjectDisposedException.ThrowIf(_end, this);
        _left = steps;
        long started = Stopwatch.GetTimestamp();
        _turn.Release();
        _done.Wait();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return _failure is null ? seconds : throw new PipelineException($"Training of {Name} failed: {_failure.Message}", _failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end = true;
        _turn.Release();
        _thread.Join();
        _model.Dispose();
        _turn.Dispose();
        _done.Dispose();
    }

    private void Train(TrainingSettings settings, BatchSource batches)
    {
        try
        {
            var state = new RunState { TotalSteps = int.MaxValue, Identity = new RunIdentity("bench", "", _model.Config.Connection, "random", null, 1) };
            var nowhere = new Checkpoint(new RunFolder(Path.Combine(Path.GetTempPath(), "mhc-bench-without-checkpoints")));
            using var trainer = new Trainer(_model, batches, [], settings, budget: null, state, nowhere, Observe);
            AwaitTurn();
            trainer.Run(CancellationToken.None);
        }
        catch (OperationCanceledException) when (_end)
        {
            // disposed: the way out of the endless run
        }
        catch (Exception e)
        {
            _failure = e; // shown by Run, on its thread
            _done.Release();
        }
    }

    private void Observe(MetricRecord record)
    {
        if (record is not StepMetric || --_left > 0)
            return;
        _done.Release();
        AwaitTurn();
    }

    private void AwaitTurn()
    {
        _turn.Wait();
        if (_end)
            throw new OperationCanceledException();
    }
}
