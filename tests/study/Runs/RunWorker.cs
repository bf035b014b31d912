using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Study.Plan;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Training;
using static TorchSharp.torch;

namespace MhcPipeline.Study.Runs;

/// <summary>Does one run, through the trainer that <c>make train</c> uses.</summary>
/// <param name="text">What is learnt.</param>
/// <param name="data">The same, prepared.</param>
internal sealed class RunWorker(CharacterText text, Dataset data)
{
    /// <summary>Trains, then evaluates on the whole validation split.</summary>
    /// <param name="run">The run.</param>
    /// <param name="progress">Told the steps taken, after each.</param>
    public RunResult Execute(StudyRun run, Action<long> progress)
    {
        TrainingSettings settings = run.Training with { CheckpointEvery = int.MaxValue };
        var batches = new BatchOptions(settings.BatchSize, settings.BlockSize, (ulong)run.Seed);
        using var model = new LanguageModel(run.Model.ToConfig(text.VocabSize, run.Connection), CPU);
        model.Initialise(run.Seed);
        run.Start?.Apply(model.Parameters, model.Config);

        List<CurvePoint> curve = [];
        List<GainPoint> gains = [];
        double seconds = 0;
        void Observe(MetricRecord record)
        {
            if (record is StepMetric step)
            {
                seconds += run.Training.BatchSize * run.Training.BlockSize * run.Training.GradientAccumulation / step.TokensPerSecond;
                progress(step.Step);
            }
            else if (record is EvalMetric eval)
            {
                curve.Add(new(eval.Step, eval.ValidationLoss));
            }
            else if (record is GainsMetric gain)
            {
                gains.Add(new(gain.Step, gain.CompositeForward, gain.CompositeBackward));
            }
        }

        string scratch = Directory.CreateTempSubdirectory("mhc-study-").FullName;
        try
        {
            var state = new RunState { TotalSteps = settings.Steps, Identity = new RunIdentity(run.Setting, "", run.Connection, data.Manifest.Fingerprint, null, run.Seed) };
            using var trainer = new Trainer(
                model, data.Train(batches), data.Validation(batches, settings.EvalBatches), settings, budget: null, state, new Checkpoint(new RunFolder(scratch)), Observe);
            string? failure = null;
            try
            {
                trainer.Run(CancellationToken.None);
            }
            catch (PipelineException e)
            {
                failure = e.Message; // diverged: an outcome, not an error
            }
            return new RunResult
            {
                Id = run.Id,
                Fingerprint = run.Fingerprint(text.Fingerprint),
                Steps = trainer.State.Step,
                Parameters = model.Parameters.Count,
                Seconds = seconds,
                ValidationLoss = failure is null ? FullValidationLoss(model, batches) : double.NaN,
                Curve = curve,
                Gains = gains,
                Failure = failure,
            };
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private double FullValidationLoss(LanguageModel model, BatchOptions options)
    {
        using var replicas = new Replicas(model, Replicas.Best(CPU));
        double total = 0;
        long targets = 0;
        foreach (Batch batch in data.Validation(options, int.MaxValue))
        {
            using Tensor loss = replicas.Loss(batch, weight: 1, backward: false);
            total += loss.Value();
            targets += batch.TargetTokens;
        }
        return total / targets;
    }
}
