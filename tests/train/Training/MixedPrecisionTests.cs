using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Training;

/// <summary>Training in bf16 (by tensor operations), and with steps that are read one late as on a GPU, against training in float32 step by step.</summary>
public sealed class MixedPrecisionTests
{
    private static readonly TrainingSettings _settings = new()
    {
        Steps = 40,
        BatchSize = 4,
        BlockSize = 8,
        GradientAccumulation = 2,
        LearningRate = 0.01,
        EvalEvery = 10,
        CheckpointEvery = 15,
        GainsEvery = 6,
    };

    private readonly RunFolder _run = new(Directory.CreateTempSubdirectory("mhc-train").FullName);

    [Theory]
    [InlineData("mhc")]
    [InlineData("hc")]
    [InlineData("mhc_lite")]
    [InlineData("identity")]
    [InlineData("residual")]
    public void Loss_and_gradient_in_bf16_are_those_of_float32(string connection)
    {
        using var scope = NewDisposeScope();
        using LanguageModel exact = TinyModel.Create(TinyModel.Config(connection)), narrow = TinyModel.Create(TinyModel.Config(connection));
        narrow.Precision = ScalarType.BFloat16;
        Tensor ids = TinyModel.Ids(3, 9), targets = TinyModel.Ids(3, 9, seed: 2), expected = exact.Loss(ids, targets), actual = narrow.Loss(ids, targets);
        BackwardPass.Run(expected);
        BackwardPass.Run(actual);
        Assert.Equal(ScalarType.Float32, narrow.Forward(ids).dtype);
        Assert.Equal(expected.ToDouble(), actual.ToDouble(), 2e-3 * expected.ToDouble());
        Numbers.Close(Numbers.Of(exact.Parameters.Gradient), Numbers.Of(narrow.Parameters.Gradient), 0.02, "gradient");
    }

    [Theory]
    [InlineData("adamw", false)]
    [InlineData("muon", false)]
    [InlineData("adamw", true)]
    public void The_loss_curve_in_bf16_is_that_of_float32_within_noise(string optimizer, bool ahead)
    {
        TrainingSettings settings = _settings with { Optimizer = optimizer };
        double[] exact = Losses(Train(settings, ScalarType.Float32, ahead: false, Elsewhere())), narrow = Losses(Train(settings, ScalarType.BFloat16, ahead, _run));
        // Noise: how far another order of the same data leads away.
        double[] other = Losses(Train(settings, ScalarType.Float32, ahead: false, Elsewhere(), first: 501));
        Assert.Equal(exact.Length, narrow.Length);
        Assert.True(narrow[^1] < 0.6 * narrow[0], $"{narrow[0]} to {narrow[^1]}");
        double away = Distance(exact, narrow), noise = Distance(exact, other);
        Assert.True(away < 0.5 * noise, $"bf16 is {away} from float32, another order of the data {noise}");
        Assert.InRange(away, 0, 0.03);
    }

    [Fact]
    public void Steps_that_are_read_late_report_what_those_that_are_waited_for_do()
    {
        List<MetricRecord> waited = Train(_settings, ScalarType.Float32, ahead: false, Elsewhere()), late = Train(_settings, ScalarType.Float32, ahead: true, _run);
        Assert.Equal(waited.Select(Kind), late.Select(Kind)); // in the same order: nothing is evaluated or saved before what led there is known
        foreach ((StepMetric expected, StepMetric actual) in waited.OfType<StepMetric>().Zip(late.OfType<StepMetric>()))
        {
            Assert.Equal(expected.Loss, actual.Loss, 1e-3);
            Assert.Equal(expected.GradNorm, actual.GradNorm, 0.01 * expected.GradNorm);
            Assert.Equal((expected.Lr, expected.Tokens), (actual.Lr, actual.Tokens));
            Assert.True(actual.TokensPerSecond > 0);
        }

        static (Type, long) Kind(MetricRecord record) => (record.GetType(), record.Step);
    }

    [Fact]
    public void A_step_is_reported_when_the_next_has_been_started()
    {
        List<long> started = [];
        Train(_settings with { Steps = 4, EvalEvery = 3 }, ScalarType.Float32, ahead: true, _run, observe: (trainer, record) =>
        {
            if (record is StepMetric)
                started.Add(trainer.State.Step);
        });
        Assert.Equal([2, 3, 3, 4], started); // the third is waited for: an evaluation follows it
    }

    [Theory]
    [InlineData(7, 8)] // its poison is met by the step after the one that was under way
    [InlineData(14, 15)] // a checkpoint is due at 15
    public void What_diverged_is_found_one_step_later_and_in_no_checkpoint(long poisonedAfter, long least)
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        TrainingSettings settings = _settings with { EvalEvery = 100, CheckpointEvery = 5 };
        var error = Assert.Throws<PipelineException>(() => Train(settings, ScalarType.Float32, ahead: true, _run, model: model, observe: (trainer, record) =>
        {
            using var frozen = no_grad();
            if (record is StepMetric step && step.Step == poisonedAfter)
                model.Parameters.Data.mul_(double.NaN);
        }));
        Assert.Contains("Training diverged", error.Message, StringComparison.Ordinal);
        long found = long.Parse(System.Text.RegularExpressions.Regex.Match(error.Message, @"step (?<number>\d+)", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(found, least, least + 1);
        RunState saved = new Checkpoint(_run).ReadState()!;
        Assert.Equal(poisonedAfter / 5 * 5, saved.Step);
        using SafetensorsFile file = SafetensorsFile.Open(_run.LastCheckpoint);
        Assert.All(file.ReadFloat32("model.norm.weight"), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void A_run_goes_on_from_its_checkpoint_in_another_precision()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        using var stop = new CancellationTokenSource();
        List<StepMetric> first = [], second = [];
        void StopAt20(MetricRecord record)
        {
            if (record is StepMetric step)
                first.Add(step);
            if (record.Step == 20)
                stop.Cancel();
        }
        double[] whole = Losses(Train(_settings, ScalarType.Float32, ahead: false, Elsewhere()));
        Train(_settings, ScalarType.BFloat16, ahead: true, _run, observe: (_, record) => StopAt20(record), stop: stop.Token);
        long saved = new Checkpoint(_run).ReadState()!.Step;
        using LanguageModel next = TinyModel.Create(TinyModel.Config(), seed: 99);
        second.AddRange(Train(_settings, ScalarType.Float32, ahead: false, _run, model: next, resume: true).OfType<StepMetric>());
        Assert.Equal(saved + 1, second[0].Step);
        Assert.Equal(_settings.Steps, second[^1].Step);
        Assert.Equal(whole, first.Concat(second).Select(step => step.Loss), (a, b) => Math.Abs(a - b) < 0.1);
    }

    [Fact]
    public void Expected_logits_are_float32_whatever_was_trained_in()
    {
        using LanguageModel exact = TinyModel.Create(TinyModel.Config()), narrow = TinyModel.Create(TinyModel.Config());
        narrow.Precision = ScalarType.BFloat16;
        RunFolder other = Elsewhere();
        Batch batch = new RepeatingBatches().Get(0);
        new RunArtifacts(other).Write(exact, [batch], isChat: false);
        new RunArtifacts(_run).Write(narrow, [batch], isChat: false);
        using SafetensorsFile expected = SafetensorsFile.Open(other.ExpectedFile), actual = SafetensorsFile.Open(_run.ExpectedFile);
        Assert.Equal(expected.ReadFloat32("logits"), actual.ReadFloat32("logits"));
        Assert.Equal(ScalarType.BFloat16, narrow.Precision);
    }

    private static RunFolder Elsewhere() => new(Directory.CreateTempSubdirectory("mhc-train").FullName);

    private static double[] Losses(IEnumerable<MetricRecord> records) => [.. records.OfType<StepMetric>().Select(step => step.Loss)];

    private static double Distance(double[] one, double[] other) => Math.Sqrt(one.Zip(other).Average(pair => Math.Pow(pair.First - pair.Second, 2)));

    private static List<MetricRecord> Train(
        TrainingSettings settings, ScalarType precision, bool ahead, RunFolder run, long first = 0, LanguageModel? model = null, Action<Trainer, MetricRecord>? observe = null,
        CancellationToken stop = default, bool resume = false)
    {
        using LanguageModel own = TinyModel.Create(TinyModel.Config());
        LanguageModel trained = model ?? own;
        trained.Precision = precision;
        var checkpoint = new Checkpoint(run);
        List<MetricRecord> records = [];
        Trainer? trainer = null;
        RunState state = resume ? checkpoint.ReadState()! : new RunState { TotalSteps = settings.Steps, Identity = new("tiny", "{}", "mhc", "data", null, 1) };
        using (trainer = new Trainer(trained, new Shifted(first), [new RepeatingBatches().Get(1000)], settings, budget: null, state, checkpoint, Observe, ahead))
        {
            if (resume)
                trainer.Resume();
            trainer.Run(stop);
        }
        return records;

        void Observe(MetricRecord record)
        {
            records.Add(record);
            observe?.Invoke(trainer!, record);
        }
    }

    /// <summary>The same batches from another one on.</summary>
    private sealed class Shifted(long first) : BatchSource
    {
        private readonly RepeatingBatches _batches = new();

        public override long BatchesPerEpoch => _batches.BatchesPerEpoch;

        public override int MaxTokens => _batches.MaxTokens;

        public override int MaxLength => _batches.MaxLength;

        public override Batch Get(long step) => _batches.Get(first + step);
    }
}
