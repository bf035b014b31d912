using System.Runtime.InteropServices;
using MhcPipeline.Core;
using MhcPipeline.Core.Presets;
using MhcPipeline.Train.Model;
using MhcPipeline.Train.Training;
using Xunit;

namespace MhcPipeline.Train.Tests.Training;

public sealed class MemoryEstimateTests
{
    private static readonly TrainingSettings _settings = new() { Steps = 1, BatchSize = 4, BlockSize = 32, LearningRate = 0.01 };

    [Fact]
    public void Weights_gradients_and_moments_are_those_of_the_model()
    {
        ModelConfig config = TinyModel.Config();
        using LanguageModel model = TinyModel.Create(config);
        double weights = 4.0 * model.Parameters.Count;
        Assert.Equal(weights, Bytes(config, _settings, "weights"));
        Assert.Equal(2 * weights, Bytes(config, _settings, "gradients")); // two replicas
        Assert.Equal(2 * weights, Bytes(config, _settings, "optimizer moments"));
        Assert.Equal(3 * weights, Bytes(config, _settings with { Optimizer = "muon" }, "optimizer moments"));
    }

    [Fact]
    public void A_batch_of_one_row_occupies_one_replica() =>
        Assert.Equal(Bytes(TinyModel.Config(), _settings, "weights"), Bytes(TinyModel.Config(), _settings with { BatchSize = 1 }, "gradients"));

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Activations_and_streams_grow_with_the_tokens_of_a_step(int factor)
    {
        foreach (TrainingSettings larger in new[] { _settings with { BatchSize = factor * _settings.BatchSize }, _settings with { BlockSize = factor * _settings.BlockSize } })
        {
            foreach (string part in new[] { "activations", "streams" })
                Assert.Equal(factor * Bytes(TinyModel.Config(), _settings, part), Bytes(TinyModel.Config(), larger, part), 1e-6);
        }
    }

    [Fact]
    public void Recomputed_streams_take_less()
    {
        ModelConfig deep = TinyModel.Config() with { NumHiddenLayers = 16 };
        Assert.True(Bytes(deep, _settings with { Recompute = true }, "streams") < 0.7 * Bytes(deep, _settings, "streams"));
    }

    [Fact]
    public void Tensor_operations_in_bf16_take_more_than_kernels_in_float32_and_do_not_recompute()
    {
        double Narrow(TrainingSettings settings) => MemoryEstimate.Of(TinyModel.Config(), settings, replicas: 2, TorchSharp.torch.ScalarType.BFloat16).Parts.Single(part => part.Name == "streams").Bytes;
        Assert.True(Narrow(_settings) > Bytes(TinyModel.Config(), _settings, "streams"));
        Assert.Equal(Narrow(_settings), Narrow(_settings with { Recompute = true }));
    }

    [Fact]
    public void A_plain_residual_network_has_no_streams() => Assert.Equal(0, Bytes(TinyModel.Config("residual"), _settings, "streams"));

    [Theory]
    [InlineData(65536, 96, 4, "model.hidden_size")]
    [InlineData(4096, 24, 4, "model.num_hidden_layers")]
    [InlineData(256, 4, 65536, "training.batch_size")]
    public void What_does_not_fit_is_refused_with_its_largest_parts_and_the_fields_to_lower(int width, int layers, int batch, string field)
    {
        ModelConfig config = TinyModel.Config() with { HiddenSize = width, IntermediateSize = 2 * width, NumHiddenLayers = layers };
        string message = "";
        try
        {
            MemoryEstimate.Of(config, _settings with { BatchSize = batch }, replicas: 2).RequireFits(16e9);
        }
        catch (PipelineException e)
        {
            message = e.Message;
        }
        Assert.Contains(field, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void What_fits_is_described_in_one_line()
    {
        MemoryEstimate estimate = MemoryEstimate.Of(TinyModel.Config(), _settings, replicas: 2);
        estimate.RequireFits(16e9);
        Assert.Matches(@"^Memory: about \d+ MB of 16\.0 GB \(program \d+ MB, .*\)$", estimate.Describe(16e9));
        Assert.Equal(estimate.Total, estimate.Parts.Sum(part => part.Bytes));
    }

    [Fact]
    public void A_tensor_that_no_checkpoint_can_hold_is_named()
    {
        var error = Assert.Throws<PipelineException>(() => MemoryEstimate.Of(TinyModel.Config() with { VocabSize = 1 << 20, HiddenSize = 4096 }, _settings, replicas: 2));
        Assert.Contains("model.embed_tokens.weight [1048576, 4096]", error.Message);
        Assert.Contains("tokenizer.vocab_size", error.Message);
    }

    [Fact]
    public void More_positions_than_a_table_holds_are_refused()
    {
        var error = Assert.Throws<PipelineException>(() => MemoryEstimate.Of(TinyModel.Config() with { MaxPositionEmbeddings = 1 << 24, HiddenSize = 1024 }, _settings, replicas: 2));
        Assert.Contains("model.max_position_embeddings is 16777216", error.Message);
    }

    [Fact]
    public void Memory_that_ran_out_is_recognised_wherever_it_did()
    {
        var native = new ExternalException("[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 137438953472 bytes.");
        Assert.True(MemoryEstimate.HasRunOut(new OutOfMemoryException()));
        Assert.True(MemoryEstimate.HasRunOut(native));
        Assert.True(MemoryEstimate.HasRunOut(new PipelineException("The backward pass failed in SiteFunction: …", native)));
        Assert.True(MemoryEstimate.HasRunOut(new AggregateException(new InvalidOperationException("", native))));
        Assert.False(MemoryEstimate.HasRunOut(new ExternalException("The size of tensor a (3) must match the size of tensor b (4)")));
        Assert.False(MemoryEstimate.HasRunOut(new PipelineException("Training diverged")));
    }

    [Fact]
    public void Libtorch_says_that_memory_has_run_out_in_the_words_that_are_recognised()
    {
        Exception error = Assert.ThrowsAny<Exception>(() => TorchSharp.torch.empty(1L << 55));
        Assert.True(MemoryEstimate.HasRunOut(error), error.Message);
    }

    [Fact]
    public void This_machine_has_memory() => Assert.InRange(MemoryEstimate.Available, 100e6, 1e15);

    private static double Bytes(ModelConfig config, TrainingSettings settings, string part) =>
        Assert.Single(MemoryEstimate.Of(config, settings, replicas: 2).Parts, p => p.Name == part).Bytes;
}
