using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Optimization;
using MhcPipeline.Train.Parameters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Tests.Model;

public sealed class LanguageModelTests
{
    [Theory]
    [InlineData("model_mhc_tiny")]
    [InlineData("model_residual_tiny")]
    public void The_forward_pass_gives_the_reference_logits(string name)
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = ModelFiles.Load(ConformanceCases.File(name), CPU);
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(ConformanceCases.File(name), "expected.safetensors"));

        float[] logits = Numbers.Of(model.Forward(tensor(expected.ReadInt64("input_ids"), [.. expected.Tensors["input_ids"].Shape])));

        double error = logits.Zip(expected.ReadFloat32("logits"), (actual, wanted) => Math.Abs((double)actual - wanted)).Max();
        Assert.True(error < 1e-4, $"largest error {error:g3}");
    }

    [Fact]
    public void A_seed_gives_the_same_start_while_other_models_start_beside_it()
    {
        ModelConfig config = TinyModel.Config() with { HiddenSize = 128, IntermediateSize = 512 }; // large enough for its draws to take a while
        var starts = new float[4][][];
        using var together = new Barrier(starts.Length);
        Thread[] threads = [.. Enumerable.Range(0, starts.Length).Select(i => new Thread(() => starts[i] = Starts()))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(starts.SelectMany(of => of), start => Assert.Equal(starts[0][0], start));

        float[][] Starts()
        {
            together.SignalAndWait();
            return [.. Enumerable.Range(0, 8).Select(_ =>
            {
                using LanguageModel model = TinyModel.Create(config, seed: 7);
                return Numbers.Of(model.Parameters.Data);
            })];
        }
    }

    [Theory]
    [InlineData("mhc", 1)]
    [InlineData("mhc", 4)]
    [InlineData("mhc", 8)]
    [InlineData("hc", 1)]
    [InlineData("hc", 4)]
    [InlineData("hc", 8)]
    [InlineData("mhc_lite", 1)]
    [InlineData("mhc_lite", 4)]
    [InlineData("identity", 1)]
    [InlineData("identity", 8)]
    public void Every_connection_starts_as_the_plain_residual_network(string connection, int streams)
    {
        using var scope = NewDisposeScope();
        // A norm takes the sum of pre out again, but for its eps; so that has to be small beside the embedding's squares, 4e-4.
        using LanguageModel model = TinyModel.Create(TinyModel.Config(connection, streams) with { RmsNormEps = 1e-12 });
        using LanguageModel residual = TinyModel.Create(TinyModel.Config("residual") with { RmsNormEps = 1e-12 });
        using (no_grad())
            foreach (ParameterSpec spec in residual.Parameters.Specs)
                model.Parameters.Part(model.Parameters.Data, spec.Name).copy_(residual.Parameters.Part(residual.Parameters.Data, spec.Name));

        Tensor ids = TinyModel.Ids(2, 9);
        Numbers.Close(Numbers.Of(residual.Forward(ids)), Numbers.Of(model.Forward(ids)), 1e-5, "logits");
    }

    [Theory]
    [InlineData("mhc")]
    [InlineData("hc")]
    [InlineData("mhc_lite")]
    [InlineData("identity")]
    [InlineData("residual")]
    public void Gradients_reach_every_parameter_by_the_third_step(string connection)
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = TinyModel.Create(TinyModel.Config(connection));
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        for (int step = 1; step <= 3; step++)
        {
            model.Parameters.ClearGradient();
            model.Loss(TinyModel.Ids(4, 19), TinyModel.Ids(4, 19, seed: 2)).backward();
            optimizer.Step(1e-3);
        }
        Assert.All(model.Parameters.Specs, spec => Assert.True(Numbers.Of(model.Parameters.Part(model.Parameters.Gradient, spec.Name)).Any(g => g != 0), spec.Name));
    }

    [Fact]
    public void A_token_does_not_see_later_ones()
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        long[] tokens = TinyModel.Tokens(10), changed = [.. tokens[..9], (tokens[9] + 1) % 20];
        Tensor before = model.Forward(tensor(tokens, [1, 10])), after = model.Forward(tensor(changed, [1, 10]));
        Assert.Equal(Numbers.Of(before.narrow(1, 0, 9)), Numbers.Of(after.narrow(1, 0, 9)));
        Assert.NotEqual(Numbers.Of(before.narrow(1, 9, 1)), Numbers.Of(after.narrow(1, 9, 1)));
    }

    [Fact]
    public void Positions_without_a_target_bear_no_loss()
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        Tensor ids = TinyModel.Ids(1, 6);
        double first = model.Loss(ids, tensor([3L, -100, -100, -100, -100, -100], [1, 6])).ToDouble();
        double last = model.Loss(ids, tensor([-100L, -100, -100, -100, -100, 5], [1, 6])).ToDouble();
        double both = model.Loss(ids, tensor([3L, -100, -100, -100, -100, 5], [1, 6])).ToDouble();
        Assert.Equal(first + last, both, 1e-5);
    }

    [Fact]
    public void Saved_tensors_have_the_names_and_shapes_of_a_checkpoint_of_DeepSeek_V4()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mhc-train").FullName, "model.safetensors");
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        model.SaveWeights(path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using SafetensorsFile reference = SafetensorsFile.Open(Path.Combine(ConformanceCases.File("model_mhc_tiny"), "model.safetensors"));
        static string Pattern(string name) => name.Replace("layers.2", "layers.1", StringComparison.Ordinal); // the reference has three layers
        Assert.Equal(reference.Tensors.Keys.Select(Pattern).Distinct().Order(), file.Tensors.Keys.Order());
        Assert.Equal([24L, 64], file.Tensors["model.layers.1.ffn_hc.fn"].Shape);
        Assert.Equal([24L], file.Tensors["model.layers.0.attn_hc.base"].Shape);
        Assert.Equal([3L], file.Tensors["model.layers.0.attn_hc.scale"].Shape);
        Assert.Equal([4L, 64], file.Tensors["model.hc_head.hc_fn"].Shape);
        Assert.Equal([8L, 16], file.Tensors["model.layers.0.self_attn.k_proj.weight"].Shape);
    }

    [Fact]
    public void A_residual_model_is_a_Llama_checkpoint()
    {
        using LanguageModel model = TinyModel.Create(TinyModel.Config("residual"));
        Assert.Equal("llama", model.Config.ModelType);
        Assert.DoesNotContain(model.Parameters.Specs, spec => spec.Name.Contains("hc", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tied_model_has_no_head_of_its_own()
    {
        using var scope = NewDisposeScope();
        using LanguageModel model = TinyModel.Create(TinyModel.Config() with { TieWordEmbeddings = true });
        Assert.DoesNotContain(model.Parameters.Specs, spec => spec.Name == "lm_head.weight");
        Assert.Equal([1L, 5, 20], model.Forward(TinyModel.Ids(1, 5)).shape);
    }

    [Fact]
    public void Saved_weights_load_again_bit_for_bit()
    {
        string folder = Directory.CreateTempSubdirectory("mhc-train").FullName;
        var run = new RunFolder(folder);
        using var scope = NewDisposeScope();
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        model.Config.Save(run.ConfigJson);
        model.SaveWeights(run.WeightsFile);
        using LanguageModel loaded = ModelFiles.Load(folder, CPU);
        Assert.Equal(Numbers.Of(model.Forward(TinyModel.Ids(1, 8))), Numbers.Of(loaded.Forward(TinyModel.Ids(1, 8))));
    }

    [Fact]
    public void A_checkpoint_of_another_shape_is_refused_by_name()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("mhc-train").FullName, "model.safetensors");
        using LanguageModel model = TinyModel.Create(TinyModel.Config());
        model.SaveWeights(path);
        using LanguageModel other = new(TinyModel.Config() with { IntermediateSize = 32 }, CPU);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        var error = Assert.Throws<PipelineException>(() => other.Parameters.Load(file, other.Parameters.Data));
        Assert.Contains("mlp.gate_proj.weight", error.Message);
    }
}
