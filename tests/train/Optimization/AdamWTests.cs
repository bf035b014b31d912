using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using MhcPipeline.Train.Parameters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Optimization;

public sealed class AdamWTests
{
    private static readonly AdamWOptions _options = new(Beta1: 0.9, Beta2: 0.95, WeightDecay: 0.1, Eps: 1e-8);

    [Fact]
    public void Five_steps_agree_with_the_published_algorithm_in_double_precision()
    {
        using var scope = NewDisposeScope();
        using ParameterStore store = Store();
        using var optimizer = new AdamW(store, _options);
        double[] theta = [.. Numbers.Of(store.Data).Select(v => (double)v)], m = new double[10], v = new double[10];
        for (int t = 1; t <= 5; t++)
        {
            float[] gradient = Numbers.Normal(10, seed: t);
            store.Gradient.copy_(tensor(gradient));
            double rate = 0.01 * t;
            optimizer.Step(rate);
            for (int i = 0; i < 10; i++)
            {
                theta[i] -= i < 6 ? rate * _options.WeightDecay * theta[i] : 0; // the matrix comes first
                m[i] = (0.9 * m[i]) + (0.1 * gradient[i]);
                v[i] = (0.95 * v[i]) + (0.05 * gradient[i] * gradient[i]);
                theta[i] -= rate * (m[i] / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.95, t))) + 1e-8);
            }
            Numbers.Close([.. theta.Select(x => (float)x)], Numbers.Of(store.Data), 1e-6, $"step {t}");
        }
    }

    [Fact]
    public void Tensor_operations_take_the_kernels_step()
    {
        using var scope = NewDisposeScope();
        Tensor[] buffers = [.. Enumerable.Range(1, 4).Select(i => tensor(Numbers.Normal(50, i)).abs())], other = [.. buffers.Select(b => b.clone())];
        AdamW.Composed(buffers[0], buffers[1], buffers[2], buffers[3], 20, _options, keep: 0.99, rate: 0.02, eps: 1e-6);
        AdamW.Fused(other[0], other[1], other[2], other[3], 20, _options, keep: 0.99, rate: 0.02, eps: 1e-6);
        for (int i = 0; i < buffers.Length; i++)
            Numbers.Close(Numbers.Of(buffers[i]), Numbers.Of(other[i]), 1e-6, $"buffer {i}");
    }

    [Fact]
    public void Weight_decay_leaves_norms_and_mixing_parameters_alone()
    {
        IEnumerable<ParameterSpec> specs = ModelParameters.Of(TinyModel.Config());
        Assert.All(specs, spec => Assert.Equal(spec.Name.EndsWith("proj.weight", StringComparison.Ordinal) || spec.Name is "model.embed_tokens.weight" or "lm_head.weight", spec.Decay));
    }

    [Fact]
    public void A_loaded_optimizer_goes_on_as_the_saved_one()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mhc-train").FullName, "optimizer.safetensors");
        using var scope = NewDisposeScope();
        using ParameterStore first = Store(), second = Store();
        using AdamW saved = new(first, _options), loaded = new(second, _options);
        first.Gradient.copy_(tensor(Numbers.Normal(10, 1)));
        saved.Step(0.01);
        var writer = new SafetensorsWriter();
        saved.Save(writer);
        writer.Save(path);

        using (SafetensorsFile file = SafetensorsFile.Open(path))
            loaded.Load(file);
        second.Data.copy_(first.Data);
        second.Gradient.copy_(first.Gradient);
        saved.Step(0.02);
        loaded.Step(0.02);
        Assert.Equal(Numbers.Of(first.Data), Numbers.Of(second.Data));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(100, 3)]
    [InlineData(0, 3)]
    public void Clipping_shortens_only_gradients_longer_than_the_limit(double limit, double expected)
    {
        using var scope = NewDisposeScope();
        using ParameterStore store = Store();
        store.Gradient.zero_();
        store.Gradient.narrow(0, 1, 1).fill_(-3);
        Assert.Equal(3, GradientClipping.Clip(store, limit).Norm.ToDouble(), 1e-6);
        Assert.Equal(expected, store.Gradient.norm().ToDouble(), 1e-5);
    }

    [Fact]
    public void A_factor_that_comes_with_a_step_multiplies_the_gradient()
    {
        using var scope = NewDisposeScope();
        using ParameterStore first = Store(), second = Store();
        using AdamW shortened = new(first, _options with { Eps = 1 }), told = new(second, _options with { Eps = 1 });
        first.Gradient.fill_(0.5);
        second.Gradient.fill_(1);
        shortened.Step(0.01);
        told.Step(0.01, tensor([0.5f]));
        Assert.Equal(Numbers.Of(first.Data), Numbers.Of(second.Data));
    }

    private static ParameterStore Store()
    {
        var store = new ParameterStore(
            [new("norm", [4], Initial.All(1), Decay: false), new("matrix", [2, 3], Initial.Of(Numbers.Normal(6, 7)), Decay: true)], CPU);
        using var draws = new Generator(1);
        store.Initialise(draws);
        return store;
    }
}
