using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TrainingSettings _settings = new()
    {
        Steps = 12,
        BatchSize = 4,
        BlockSize = 8,
        GradientAccumulation = 2,
        LearningRate = 0.01,
        EvalEvery = 4,
        CheckpointEvery = 5,
        GainsEvery = 6,
    };

    private readonly RunFolder _run = new(Directory.CreateTempSubdirectory("mhc-train").FullName);
    private readonly List<MetricRecord> _records = [];

    [Theory]
    [InlineData("mhc")]
    [InlineData("hc")]
    [InlineData("residual")]
    public void A_run_that_is_stopped_and_resumed_has_bitwise_the_losses_of_one_that_is_not(string connection)
    {
        double[] whole = [.. Train(connection, _settings, new RunFolder(Directory.CreateTempSubdirectory("mhc-train").FullName)).Select(step => step.Loss)];

        using var stop = new CancellationTokenSource();
        List<StepMetric> first = Train(connection, _settings, _run, stop.Token, record => { if (record is StepMetric { Step: 7 }) stop.Cancel(); });
        List<StepMetric> second = Train(connection, _settings, _run);

        Assert.Equal(7, first.Count);
        Assert.Equal(5, second.Count);
        Assert.Equal(whole, first.Concat(second).Select(step => step.Loss));
    }

    [Fact]
    public void A_run_that_is_killed_goes_on_from_its_last_checkpoint()
    {
        double[] whole = [.. Train("mhc", _settings, new RunFolder(Directory.CreateTempSubdirectory("mhc-train").FullName)).Select(step => step.Loss)];
        Assert.Throws<InvalidOperationException>(() => Train("mhc", _settings, _run, default, record => { if (record is StepMetric { Step: 8 }) throw new InvalidOperationException(); }));
        Assert.Equal(whole[5..], Train("mhc", _settings, _run).Select(step => step.Loss)); // checkpoints are written every 5 steps
    }

    [Fact]
    public void Training_learns()
    {
        List<StepMetric> steps = Train("mhc", _settings with { Steps = 60 }, _run);
        Assert.True(steps[^1].Loss < 0.5 * steps[0].Loss, $"{steps[0].Loss} to {steps[^1].Loss}");
        EvalMetric[] evals = [.. _records.OfType<EvalMetric>()];
        Assert.Equal(15, evals.Length);
        Assert.Equal(evals.Min(e => e.ValidationLoss), new Checkpoint(_run).ReadState()!.BestLoss);
    }

    [Theory]
    [InlineData("mhc")]
    [InlineData("hc")]
    [InlineData("mhc_lite")]
    [InlineData("identity")]
    public void Streams_that_start_equal_differ_after_training(string connection)
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config(connection));
        Assert.Equal(0, Spread(model), 1e-5);
        Train(model, _settings with { Steps = 60 }, _run);
        Assert.True(Spread(model) > 1e-4, $"{Spread(model)}");
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_training_and_the_last_checkpoint_stands()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        var error = Assert.Throws<PipelineException>(() => Train(model, _settings, _run, default, After(6, () => model.Parameters.Data.mul_(double.NaN))));
        Assert.Contains("step 7", error.Message);
        Assert.Contains("step 5 stands", error.Message);
        RequireGoodCheckpoint(step: 5);
        Assert.Equal(error.Message, Assert.Single(_records.OfType<EventMetric>(), e => e.Name == EventMetric.Diverged).Detail);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1e30)] // finite, but the next forward pass is not
    public void Weights_that_a_step_broke_do_not_replace_a_checkpoint(double factor)
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        var error = Assert.Throws<PipelineException>(() => Train(model, _settings, _run, default, After(10, () => model.Parameters.Data.mul_(factor))));
        Assert.Contains("after step 10", error.Message);
        Assert.Contains("step 5 stands", error.Message);
        RequireGoodCheckpoint(step: 5);
    }

    [Fact]
    public void A_weight_that_validation_does_not_see_is_checked_too()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config() with { VocabSize = 24, TieWordEmbeddings = false }); // tokens 20 to 23 do not occur
        void Poison() => model.Parameters.Part(model.Parameters.Data, "model.embed_tokens.weight").narrow(0, 23, 1).fill_(double.NaN);
        var error = Assert.Throws<PipelineException>(() => Train(model, _settings, _run, default, After(8, Poison)));
        Assert.Contains("with 1 of", error.Message);
        Assert.Contains("model.embed_tokens.weight", error.Message);
        RequireGoodCheckpoint(step: 5);
    }

    [Fact]
    public void Weights_that_broke_are_not_saved_when_asked_to_stop()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        using var stop = new CancellationTokenSource();
        void PoisonAndStop()
        {
            model.Parameters.Data.mul_(double.NaN);
            stop.Cancel();
        }
        Assert.Throws<PipelineException>(() => Train(model, _settings, _run, stop.Token, After(7, PoisonAndStop)));
        RequireGoodCheckpoint(step: 5);
    }

    [Fact]
    public void A_run_that_breaks_before_its_first_checkpoint_says_so()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        var error = Assert.Throws<PipelineException>(() => Train(model, _settings, _run, default, After(2, () => model.Parameters.Data.mul_(double.NaN))));
        Assert.Contains("No checkpoint has been written yet", error.Message);
        Assert.Null(new Checkpoint(_run).ReadState());
    }

    [Fact]
    public void A_backward_pass_that_fails_ends_training_in_one_line_and_the_last_checkpoint_stands()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        void ChangeWeightsBetweenForwardAndBackward(Tensor streams)
        {
            using var frozen = no_grad();
            model.Parameters.Data.mul_(1.5);
        }
        var error = Assert.Throws<PipelineException>(
            () => Train(model, _settings, _run, default, After(7, () => model.Connection.OnStreams = ChangeWeightsBetweenForwardAndBackward)));
        Assert.StartsWith("The backward pass failed", error.Message);
        Assert.DoesNotContain('\n', error.Message);
        RequireGoodCheckpoint(step: 5);
    }

    [Fact]
    public void Accumulated_gradients_equal_those_of_one_large_batch()
    {
        using LanguageModel parts = TinyModel.Create(TinyModel.Config()), whole = TinyModel.Create(TinyModel.Config());
        Train(parts, _settings with { Steps = 1 }, _run);
        Train(whole, _settings with { Steps = 1, GradientAccumulation = 1 }, new RunFolder(Directory.CreateTempSubdirectory("mhc-train").FullName), batches: new PairedBatches());
        Numbers.Close(Numbers.Of(whole.Parameters.Gradient), Numbers.Of(parts.Parameters.Gradient), 1e-5, "gradient");
    }

    [Fact]
    public void Gains_of_doubly_stochastic_mixing_are_one_as_far_as_the_iterations_got()
    {
        Train("mhc", _settings, _run);
        GainsMetric[] gains = [.. _records.OfType<GainsMetric>()];
        Assert.Equal([0L, 6], gains.Select(g => g.Step));
        Assert.Equal(["layers.0.attn", "layers.0.mlp", "layers.1.attn", "layers.1.mlp"], gains[0].Sites.Select(site => site.Site));
        Assert.All(gains, g => Assert.Equal(1, g.CompositeForward, 1e-3));
        Assert.All(gains, g => Assert.Equal(1, g.CompositeBackward, 0.1)); // rows are normalised last, columns lag behind
        Assert.All(gains, g => Assert.Equal(1, g.Factor, 0.1));
        Assert.All(gains.SelectMany(g => g.Sites), site => Assert.InRange(site.Error!.Value, 0, 0.1));
        Assert.All(gains.SelectMany(g => g.Sites), site => Assert.Equal(4, site.Mixing!.Sum(), 1e-3));
    }

    [Fact]
    public void Shares_of_the_streams_before_the_head_are_recorded()
    {
        Train("mhc", _settings, _run);
        StreamSpread[] streams = [.. _records.OfType<GainsMetric>().Select(gains => gains.Streams!)];
        Assert.All(streams, s => Assert.Equal(4, s.Shares.Count));
        Assert.All(streams, s => Assert.Equal(1, s.Shares.Sum(), 1e-9));
        Assert.True(streams[0].Spread < streams[1].Spread, $"{streams[0].Spread} at the start, {streams[1].Spread} later");
    }

    [Fact]
    public void A_residual_run_has_no_gains()
    {
        Train("residual", _settings, _run);
        Assert.Empty(_records.OfType<GainsMetric>());
    }

    [Fact]
    public void A_time_budget_ends_a_run()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        List<StepMetric> steps = Train(model, _settings with { Steps = 1_000_000 }, _run, budget: TimeSpan.FromSeconds(1));
        Assert.InRange(steps.Count, 1, 10_000);
        Assert.True(new Checkpoint(_run).ReadState()!.Finished);
        Assert.True(steps[^1].Lr < 0.2 * _settings.LearningRate, $"{steps[^1].Lr}");
    }

    private List<StepMetric> Train(string connection, TrainingSettings settings, RunFolder run, CancellationToken stop = default, Action<MetricRecord>? observe = null)
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config(connection));
        return Train(model, settings, run, stop, observe);
    }

    private List<StepMetric> Train(
        LanguageModel model, TrainingSettings settings, RunFolder run, CancellationToken stop = default, Action<MetricRecord>? observe = null,
        TimeSpan? budget = null, MhcPipeline.Train.Data.BatchSource? batches = null)
    {
        var checkpoint = new Checkpoint(run);
        RunState? saved = checkpoint.ReadState();
        var identity = new RunIdentity("tiny", "{}", model.Config.Connection, "", null, 1);
        List<StepMetric> steps = [];
        using var trainer = new Trainer(
            model, batches ?? new RepeatingBatches(), [new RepeatingBatches().Get(1000)], settings, budget,
            saved ?? new RunState { TotalSteps = settings.Steps, Identity = identity }, checkpoint, Observe);
        if (saved is not null)
            trainer.Resume();
        trainer.Run(stop);
        return steps;

        void Observe(MetricRecord record)
        {
            _records.Add(record);
            if (record is StepMetric step)
                steps.Add(step);
            observe?.Invoke(record);
        }
    }

    /// <summary>Does something to the model after a step.</summary>
    private static Action<MetricRecord> After(long step, Action act) => record =>
    {
        using var frozen = no_grad();
        if (record is StepMetric metric && metric.Step == step)
            act();
    };

    /// <summary>The last checkpoint is of a step and can be trained on; the best one, if there is one, is finite too.</summary>
    private void RequireGoodCheckpoint(long step)
    {
        var checkpoint = new Checkpoint(_run);
        Assert.Equal(step, checkpoint.ReadState()!.Step);
        foreach (string file in Directory.GetFiles(_run.CheckpointsFolder))
        {
            using SafetensorsFile tensors = SafetensorsFile.Open(file);
            foreach (string name in tensors.Tensors.Keys.Where(name => name.StartsWith("model.", StringComparison.Ordinal)))
                Assert.All(tensors.ReadFloat32(name), value => Assert.True(float.IsFinite(value), $"{file}: {name}"));
        }
        Assert.True(double.IsFinite(checkpoint.ReadState()!.BestLoss));
    }

    /// <summary>How far the last site's streams are from their mean, relative to it.</summary>
    private static double Spread(LanguageModel model)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var probe = new StreamProbe();
        probe.Look(model, TinyModel.Ids(1, 8));
        Tensor streams = probe.Last!, mean = streams.mean([2L], keepdim: true);
        return ((streams - mean).norm() / mean.norm()).ToDouble();
    }

    /// <summary>Runs the model's connection by hand to see its streams.</summary>
    private sealed class StreamProbe
    {
        public Tensor? Last { get; private set; }

        public void Look(LanguageModel model, Tensor ids)
        {
            IConnection connection = model.Connection;
            connection.OnStreams = streams => Last = streams.DetachFromDisposeScope();
            model.Forward(ids);
            connection.OnStreams = null;
        }
    }

    /// <summary>Two of <see cref="RepeatingBatches"/> as one.</summary>
    private sealed class PairedBatches : MhcPipeline.Train.Data.BatchSource
    {
        private readonly RepeatingBatches _half = new();

        public override long BatchesPerEpoch => _half.BatchesPerEpoch;

        public override int MaxTokens => 2 * _half.MaxTokens;

        public override int MaxLength => _half.MaxLength;

        public override MhcPipeline.Train.Data.Batch Get(long step)
        {
            MhcPipeline.Train.Data.Batch first = _half.Get(2 * step), second = _half.Get((2 * step) + 1);
            return first with
            {
                Inputs = [.. first.Inputs, .. second.Inputs],
                Targets = [.. first.Targets, .. second.Targets],
                Rows = 2 * first.Rows,
                Tokens = 2 * first.Tokens,
                TargetTokens = 2 * first.TargetTokens,
            };
        }
    }
}
