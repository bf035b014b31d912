using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Cuda.Tests.Host;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Functions;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Cuda.Tests.Training;

/// <summary>Training whose sites run the CUDA kernels' own text on the CPU, on torch's tensors, against the same by tensor operations.</summary>
public sealed class KernelTrainingTests
{
    private const int Rows = 2, Length = 9, Vocabulary = 24; // 18 tokens: more than a tile of 16

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
        Assert.All(["site_products", "site_gradients"], kernel => Assert.Contains(host.Launched, launched => launched.Kernel == kernel)); // the fast ones
        Assert.Equal(exact.Loss, kernels.Loss, 2e-3 * exact.Loss);
        Assert.Equal(composed.Loss, kernels.Loss, 2e-3 * exact.Loss);
        // Where tensor operations round every sum of gradients to bf16, the kernels round the last: they are no further from float32 than those.
        foreach ((string name, float[] expected) in exact.Gradients)
        {
            double ofComposed = Distance(expected, composed.Gradients[name]), ofKernels = Distance(expected, kernels.Gradients[name]);
            double limit = name.EndsWith("scale", StringComparison.Ordinal) ? 0.2 : 0.03; // a scale's is a few sums over all tokens, whose terms cancel
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
    [InlineData(2)]
    [InlineData(3)]
    public void Streams_written_again_give_identical_gradients(int keepEvery)
    {
        Pass kept = Compute("mhc", 4, ScalarType.BFloat16, Launcher(out _)), again = Compute("mhc", 4, ScalarType.BFloat16, Launcher(out HostLauncher host), keepEvery);
        Assert.Contains(host.Launched, launched => launched.Kernel == "site_write");
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
    public void Losses_of_training_with_accumulated_gradients_go_down_with_those_of_tensor_operations()
    {
        double[] exact = Losses(ScalarType.Float32, launcher: null), composed = Losses(ScalarType.BFloat16, launcher: null), kernels = Losses(ScalarType.BFloat16, Launcher(out _));
        for (int step = 0; step < exact.Length; step++)
        {
            Assert.InRange(Math.Abs(composed[step] - exact[step]) / exact[step], 0, 0.02);
            Assert.InRange(Math.Abs(kernels[step] - exact[step]) / exact[step], 0, 0.02);
        }
        Assert.True(kernels[^1] < 0.9 * kernels[0], $"{kernels[0]} to {kernels[^1]}");
    }

    [HostFact]
    public void What_a_kernel_refuses_on_the_way_back_is_one_error()
    {
        using LanguageModel model = Model("mhc", 4, ScalarType.BFloat16);
        DeviceKernels.OnHost = new(new Refusing(new HostLauncher(lastFirst: false), "site_dots"), SiteCase.LargeDevice);
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
        var random = new Random(seed);
        return tensor([.. Enumerable.Range(0, Rows * Length).Select(_ => (long)random.Next(Vocabulary))], [Rows, Length]);
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

    /// <summary>Six steps of AdamW over two batches each.</summary>
    private static double[] Losses(ScalarType precision, DeviceLauncher? launcher)
    {
        using LanguageModel model = Model("mhc", 4, precision);
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
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
            optimizer.Step(0.01);
            return sum;
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

    private sealed record Pass(double Loss, Dictionary<string, float[]> Gradients);

    /// <summary>A launcher that one kernel fails on.</summary>
    private sealed class Refusing(HostLauncher others, string refused) : MhcPipeline.Core.Kernels.Cuda.ILauncher
    {
        public void Launch(MhcPipeline.Core.Kernels.Cuda.CudaProgram program, string kernel, MhcPipeline.Core.Kernels.Cuda.LaunchShape shape, ReadOnlySpan<MhcPipeline.Core.Kernels.Cuda.KernelArgument> arguments)
        {
            if (kernel == refused)
                throw new PipelineException($"{kernel} does not start");
            others.Launch(program, kernel, shape, arguments);
        }
    }
}
