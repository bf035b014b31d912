using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.Cuda;
using MhcPipeline.Core.Presets;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.Ptx;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Data;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Metrics;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using MhcPipeline.Train.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Cuda.Tests.Training;

/// <summary>Training by the CUDA kernels' own text, run on the CPU, on torch's tensors, against the same without them.</summary>
public sealed class KernelTrainingTests
{
    private const int Rows = 2, Length = 17, Vocabulary = 24; // 34 tokens: two tiles of 16 and a part of one, too many for one launch

    [HostTheory]
    [InlineData("mhc", 4)]
    [InlineData("mhc", 2)]
    [InlineData("hc", 4)]
    [InlineData("mhc_lite", 3)]
    [InlineData("identity", 4)]
    public void Loss_and_gradients_in_bf16_are_those_of_tensor_operations(string connection, int streams)
    {
        Pass composed = Compute(connection, streams, ScalarType.BFloat16, launcher: null), kernels = Compute(connection, streams, ScalarType.BFloat16, Launcher(out HostLauncher host));
        Pass exact = Compute(connection, streams, ScalarType.Float32, launcher: null);
        Assert.NotEmpty(host.Launched);
        Assert.All(
            ["site_products", "site_gradients", "rms_norm", "rms_norm_backward", "swiglu", "swiglu_backward", "cross_entropy"], // of the sites' the fast ones
            kernel => Assert.Contains(host.Launched, launched => launched.Kernel == kernel));
        Assert.Equal(exact.Loss, kernels.Loss, 2e-3 * exact.Loss);
        Assert.Equal(composed.Loss, kernels.Loss, 2e-3 * exact.Loss);
        // Where tensor operations round every sum of gradients to bf16, the kernels round the last: they are no further from float32 than those.
        foreach ((string name, float[] expected) in exact.Gradients)
        {
            double ofComposed = Distance(expected, composed.Gradients[name]), ofKernels = Distance(expected, kernels.Gradients[name]);
            // A scale's is a few sums over all tokens, whose terms cancel; a base's is as many as it has numbers.
            double limit = name.EndsWith("scale", StringComparison.Ordinal) ? 0.2 : name.EndsWith("base", StringComparison.Ordinal) ? 0.06 : 0.04;
            Assert.True(ofKernels < Math.Max(limit, 1.5 * ofComposed), $"{name}: {ofKernels} from float32; tensor operations {ofComposed}");
        }
    }

    [HostTheory]
    [InlineData("mhc")]
    [InlineData("hc")]
    [InlineData("identity")]
    public void Float32_streams_take_the_plain_kernels_and_give_the_numbers_of_tensor_operations(string connection)
    {
        Pass composed = Compute(connection, 4, ScalarType.Float32, launcher: null), kernels = Compute(connection, 4, ScalarType.Float32, Launcher(out HostLauncher host));
        Assert.Contains(host.Launched, launched => launched.Kernel == "site_backward_plain");
        Assert.Equal(composed.Loss, kernels.Loss, 1e-5);
        Assert.All(composed.Gradients, gradient => Assert.InRange(Distance(gradient.Value, kernels.Gradients[gradient.Key]), 0, 1e-3));
    }

    [HostTheory]
    [InlineData("mhc", 2, ScalarType.BFloat16)]
    [InlineData("mhc", 3, ScalarType.BFloat16)]
    [InlineData("identity", 4, ScalarType.BFloat16)]
    [InlineData("hc", 4, ScalarType.Float32)]
    public void Streams_written_again_in_one_launch_a_block_give_identical_gradients(string connection, int keepEvery, ScalarType precision)
    {
        Pass kept = Compute(connection, 4, precision, Launcher(out _)), again = Compute(connection, 4, precision, Launcher(out HostLauncher host), keepEvery);
        Assert.Equal(keepEvery == 2 ? 2 : 1, host.Launched.Count(launched => launched.Kernel == "streams_recompute")); // of four sites
        Assert.DoesNotContain(host.Launched, launched => launched.Kernel == "site_write");
        Assert.Equal(kept.Loss, again.Loss);
        Assert.All(kept.Gradients, gradient => Assert.Equal(gradient.Value, again.Gradients[gradient.Key]));
    }

    [HostFact]
    public void Either_schedule_gives_the_same_bits()
    {
        Pass first = Compute("mhc", 4, ScalarType.BFloat16, Launcher(out _)), last = Compute("mhc", 4, ScalarType.BFloat16, Launcher(out _, lastFirst: true));
        Assert.Equal(first.Loss, last.Loss);
        Assert.All(first.Gradients, gradient => Assert.Equal(gradient.Value, last.Gradients[gradient.Key]));
    }

    [HostFact]
    public void Streams_that_the_second_level_cache_holds_take_one_launch_of_the_same_bits()
    {
        Pass three = Compute("mhc", 4, ScalarType.BFloat16, Launcher(out HostLauncher without)), one = Compute("mhc", 4, ScalarType.BFloat16, Launcher(out HostLauncher with) with { CacheBytes = 50 << 20 });

        Assert.DoesNotContain(without.Launched, launched => launched.Kernel == "site_forward");
        Assert.Equal(4, with.Launched.Count(launched => launched.Kernel == "site_forward"));
        Assert.Single(with.Launched, launched => launched.Kernel == "site_products"); // what ends the streams keeps none
        Assert.Equal(three.Loss, one.Loss);
        Assert.All(three.Gradients, gradient => Assert.Equal(gradient.Value, one.Gradients[gradient.Key]));
    }

    [HostTheory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Few_tokens_take_one_launch(ScalarType precision)
    {
        const int few = 5;
        HostLauncher host = new(lastFirst: false);
        float[] composed = Logits(launcher: null), kernels = Logits(new(host, SiteCase.LargeDevice));

        string[] sites = [.. host.Launched.Select(launched => launched.Kernel).Where(kernel => kernel.StartsWith("site_", StringComparison.Ordinal))];
        Assert.Equal(Enumerable.Repeat("site_decode", 5), sites); // four sites and the head
        Assert.InRange(Distance(composed, kernels), 0, precision == ScalarType.BFloat16 ? 0.02 : 1e-5);

        float[] Logits(DeviceLauncher? launcher)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            using LanguageModel model = Model("mhc", 4, precision);
            ((StreamConnection)model.Connection).UsesKernels = launcher is not null;
            DeviceKernels.OnHost = launcher;
            try
            {
                return Floats(model.Forward(Ids(1)[TensorIndex.Slice(0, 1), TensorIndex.Slice(0, few)]));
            }
            finally
            {
                DeviceKernels.OnHost = null;
            }
        }
    }

    [HostTheory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void What_training_launches_is_among_the_programs_that_the_library_is_built_with(ScalarType precision)
    {
        HashSet<string> launched = new(StringComparer.Ordinal);
        var watched = new Watched((program, _) => launched.Add(program.Name));
        Compute("mhc", 4, precision, new(watched, SiteCase.LargeDevice));
        Compute("mhc", 4, precision, new(watched, SiteCase.LargeDevice, CacheBytes: 50 << 20), keepEvery: 2);

        Assert.NotEmpty(launched);
        Assert.Subset(UsualPrograms.All.Select(program => program.Name).ToHashSet(StringComparer.Ordinal), launched);
    }

    [HostTheory]
    [InlineData("adamw", "adamw")]
    [InlineData("muon", "muon_product")]
    public void Losses_of_training_with_accumulated_gradients_go_down_with_those_of_the_CPU(string optimizer, string kernel)
    {
        double[] exact = Losses(optimizer, ScalarType.Float32, launcher: null), composed = Losses(optimizer, ScalarType.BFloat16, launcher: null);
        double[] kernels = Losses(optimizer, ScalarType.BFloat16, Launcher(out HostLauncher host));
        Assert.All([kernel, "adamw", "gradient_clip"], name => Assert.Contains(host.Launched, launched => launched.Kernel == name));
        for (int step = 0; step < exact.Length; step++)
        {
            Assert.InRange(Math.Abs(composed[step] - exact[step]) / exact[0], 0, 0.01);
            Assert.InRange(Math.Abs(kernels[step] - exact[step]) / exact[0], 0, 0.01);
        }
        Assert.True(kernels[^1] < 0.9 * kernels[0], $"{kernels[0]} to {kernels[^1]}");
    }

    [HostTheory]
    [InlineData("adamw")]
    [InlineData("muon")]
    public void A_step_whose_gradient_is_not_finite_changes_no_weight(string optimizer)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using LanguageModel model = Model("mhc", 4, ScalarType.BFloat16);
        using IOptimizer tested = Optimizer(optimizer, model);
        DeviceKernels.OnHost = Launcher(out _);
        try
        {
            float[] before = Floats(model.Parameters.Data);
            model.Parameters.Gradient.fill_(0.1f).narrow(0, 7, 1).fill_(float.NaN);
            GradientNorm gradient = GradientClipping.Clip(model.Parameters, 1);
            tested.Step(0.01, gradient.Factor);
            Assert.True(double.IsNaN(gradient.Norm.ToDouble()));
            Assert.Equal(before, Floats(model.Parameters.Data));
            model.Parameters.Gradient.fill_(0.1f);
            tested.Step(0.01, GradientClipping.Clip(model.Parameters, 1).Factor);
            Assert.All(Floats(model.Parameters.Data), value => Assert.True(float.IsFinite(value)));
            Assert.NotEqual(before, Floats(model.Parameters.Data));
        }
        finally
        {
            DeviceKernels.OnHost = null;
        }
    }

    [HostFact]
    public void The_trainer_s_steps_are_those_of_the_CPU()
    {
        StepMetric[] exact = Train(ScalarType.Float32, launcher: null), kernels = Train(ScalarType.BFloat16, Launcher(out HostLauncher host));
        Assert.All(["site_gradients", "swiglu_backward", "cross_entropy", "gradient_clip", "muon_product", "adamw"], name => Assert.Contains(host.Launched, launched => launched.Kernel == name));
        Assert.Equal(4, exact.Length);
        foreach ((StepMetric expected, StepMetric actual) in exact.Zip(kernels))
        {
            Assert.Equal((expected.Step, expected.Lr, expected.Tokens), (actual.Step, actual.Lr, actual.Tokens));
            Assert.InRange(Math.Abs(actual.Loss - expected.Loss) / expected.Loss, 0, 0.02);
            Assert.InRange(Math.Abs(actual.GradNorm - expected.GradNorm) / expected.GradNorm, 0, 0.05);
        }
    }

    [HostFact]
    public void What_a_kernel_refuses_on_the_way_back_is_one_error()
    {
        using LanguageModel model = Model("mhc", 4, ScalarType.BFloat16);
        DeviceKernels.OnHost = new(new Watched((_, kernel) =>
        {
            if (kernel == "site_dots")
                throw new PipelineException($"{kernel} does not start");
        }), SiteCase.LargeDevice);
        try
        {
            var error = Assert.Throws<PipelineException>(() => BackwardPass.Run(model.Loss(Ids(1), Ids(2))));
            Assert.StartsWith("The backward pass failed in SiteFunction: site_dots", error.Message);
        }
        finally
        {
            DeviceKernels.OnHost = null;
        }
    }

    [HostFact]
    public void Observers_see_what_tensor_operations_show_them()
    {
        List<float[]> composed = Seen(launcher: null), kernels = Seen(Launcher(out _));
        Assert.Equal(5, kernels.Count); // four sites and the streams at the end
        for (int i = 0; i < kernels.Count; i++)
            Assert.InRange(Distance(composed[i], kernels[i]), 0, 0.02);
    }

    private static DeviceLauncher Launcher(out HostLauncher host, bool lastFirst = false) => new(host = new HostLauncher(lastFirst), SiteCase.LargeDevice);

    private static ModelConfig Config(string connection, int streams) => new()
    {
        Connection = connection,
        HcMult = streams,
        HiddenSize = 64,
        IntermediateSize = 96,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 32,
        VocabSize = Vocabulary,
    };

    private static LanguageModel Model(string connection, int streams, ScalarType precision)
    {
        var model = new LanguageModel(Config(connection, streams), CPU) { Precision = precision };
        model.Initialise(3);
        using var frozen = no_grad();
        using var draws = new Generator(5);
        using Tensor noise = empty([model.Parameters.Count]).normal_(0, 0.05, draws); // connections start as the plain residual network
        model.Parameters.Data.add_(noise);
        return model;
    }

    private static Tensor Ids(int seed)
    {
        return tensor(Numbers(seed), [Rows, Length]);
    }

    private static long[] Numbers(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rows * Length).Select(_ => (long)random.Next(Vocabulary))];
    }

    private static Pass Compute(string connection, int streams, ScalarType precision, DeviceLauncher? launcher, int keepEvery = 1)
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = Model(connection, streams, precision);
        ((StreamConnection)model.Connection).UsesKernels = launcher is not null;
        model.Connection.KeepEvery = keepEvery;
        DeviceKernels.OnHost = launcher;
        try
        {
            Tensor loss = model.Loss(Ids(1), Ids(2)) / (Rows * Length);
            BackwardPass.Run(loss);
            return new(loss.ToDouble(), model.Parameters.Specs.ToDictionary(spec => spec.Name, spec => Floats(model.Parameters.Part(model.Parameters.Gradient, spec.Name)), StringComparer.Ordinal));
        }
        finally
        {
            DeviceKernels.OnHost = null;
        }
    }

    private static IOptimizer Optimizer(string name, LanguageModel model) =>
        name == "muon" ? new Muon(model.Parameters, new MuonOptions(RateFactor: 2), new AdamWOptions()) : new AdamW(model.Parameters, new AdamWOptions());

    /// <summary>Six steps over two batches each, clipped.</summary>
    private static double[] Losses(string name, ScalarType precision, DeviceLauncher? launcher)
    {
        using LanguageModel model = Model("mhc", 4, precision);
        using IOptimizer optimizer = Optimizer(name, model);
        ((StreamConnection)model.Connection).UsesKernels = launcher is not null;
        DeviceKernels.OnHost = launcher;
        try
        {
            return [.. Enumerable.Range(0, 6).Select(Step)];
        }
        finally
        {
            DeviceKernels.OnHost = null;
        }

        double Step(int number)
        {
            using var scope = NewDisposeScope();
            double sum = 0;
            model.Parameters.ClearGradient();
            for (int part = 0; part < 2; part++)
            {
                Tensor loss = model.Loss(Ids(part), Ids(part + 10)) / (2 * Rows * Length);
                BackwardPass.Run(loss);
                sum += loss.ToDouble();
            }
            optimizer.Step(0.01, GradientClipping.Clip(model.Parameters, 0.2).Factor);
            return sum;
        }
    }

    /// <summary>Four steps of the trainer as on a GPU: each is read when the next has been started.</summary>
    private static StepMetric[] Train(ScalarType precision, DeviceLauncher? launcher)
    {
        using LanguageModel model = Model("mhc", 4, precision);
        var settings = new TrainingSettings { Steps = 4, BatchSize = Rows, BlockSize = Length, LearningRate = 0.01, GradientAccumulation = 2, Optimizer = "muon", GainsEvery = 2, EvalEvery = 100, CheckpointEvery = 100 };
        var state = new RunState { TotalSteps = settings.Steps, Identity = new("tiny", "{}", "mhc", "data", null, 1) };
        List<StepMetric> steps = [];
        DeviceKernels.OnHost = launcher;
        try
        {
            using var trainer = new Trainer(
                model, new FewBatches(), [], settings, budget: null, state, new Checkpoint(new RunFolder(Directory.CreateTempSubdirectory("mhc-train").FullName)), Observe, ahead: true);
            trainer.Run(CancellationToken.None);
            return [.. steps];
        }
        finally
        {
            DeviceKernels.OnHost = null;
        }

        void Observe(MetricRecord record)
        {
            if (record is StepMetric step)
                steps.Add(step);
        }
    }

    private static List<float[]> Seen(DeviceLauncher? launcher)
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = Model("mhc", 4, ScalarType.BFloat16);
        ((StreamConnection)model.Connection).UsesKernels = launcher is not null;
        List<float[]> seen = [];
        model.Connection.OnMixing = (_, mixing) => seen.Add(Floats(mixing));
        model.Connection.OnStreams = streams => seen.Add(Floats(streams));
        DeviceKernels.OnHost = launcher;
        try
        {
            model.Forward(Ids(1));
            return seen;
        }
        finally
        {
            DeviceKernels.OnHost = null;
        }
    }

    private static float[] Floats(Tensor values)
    {
        using Tensor host = values.detach().to_type(ScalarType.Float32).contiguous();
        return MemoryMarshal.Cast<byte, float>(host.bytes).ToArray();
    }

    /// <summary>|actual - expected| / |expected|, Euclidean.</summary>
    private static double Distance(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, size = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow((double)expected[i] - actual[i], 2);
            size += Math.Pow(expected[i], 2);
        }
        return size == 0 ? Math.Sqrt(difference) : Math.Sqrt(difference / size);
    }

    private sealed class FewBatches : BatchSource
    {
        public override long BatchesPerEpoch => 8;

        public override int MaxTokens => Rows * Length;

        public override int MaxLength => Length;

        public override Batch Get(long step) => new()
        {
            Inputs = Numbers((int)step),
            Targets = Numbers((int)step + 50),
            Rows = Rows,
            Length = Length,
            Tokens = Rows * Length,
            TargetTokens = Rows * Length,
        };
    }

    private sealed record Pass(double Loss, Dictionary<string, float[]> Gradients);

    /// <summary>A launcher that somebody is told of each launch before it is done.</summary>
    private sealed class Watched(Action<CudaProgram, string> told) : ILauncher
    {
        private readonly HostLauncher _host = new(lastFirst: false);

        public void Launch(CudaProgram program, string kernel, LaunchShape shape, ReadOnlySpan<KernelArgument> arguments)
        {
            told(program, kernel);
            _host.Launch(program, kernel, shape, arguments);
        }
    }
}
