using System.Text.Json;
using MhcPipeline.Bench.Inference;
using MhcPipeline.Core.Presets;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export.Weights;
using MhcPipeline.GpuCheck.Stages;
using Xunit;
using static TorchSharp.torch;

namespace MhcPipeline.Cuda.Tests.Stages;

/// <summary>What gpu-check measures of whole models, on the CPU with tiny ones: the same code, so that it still runs when a GPU comes.</summary>
public sealed class StageTests
{
    private readonly List<JsonElement> _lines = [];

    private StageLines Lines => new(line => _lines.Add(JsonDocument.Parse(line).RootElement));

    private static ModelSettings Tiny { get; } = new() { HiddenSize = 32, IntermediateSize = 64, NumHiddenLayers = 2, NumAttentionHeads = 2, MaxPositionEmbeddings = 32, TieWordEmbeddings = true };

    [Fact]
    public void Training_steps_of_both_connections_are_compared_by_turns()
    {
        var model = new TrainedModel("tiny", Tiny, Vocabulary: 64, Rows: 2, MostExtra: 6.7);
        new TrainingStage(CPU, peak: 0.001, Lines).Measure(model);

        Assert.Equal(
            [
                "tiny: more time with mhc than with residual", "tiny: residual", "tiny: residual, of 0 Tflop/s (the residual network's matrices and scores)",
                "tiny: mhc", "tiny: mhc, of 0 Tflop/s (the residual network's matrices and scores)",
            ],
            _lines.Select(line => line.GetProperty("name").GetString()));
        Assert.Equal(6.7, _lines[0].GetProperty("at_most").GetDouble());
        double tokens = _lines[1].GetProperty("value").GetDouble();
        Assert.True(tokens > 0);
        Assert.Equal(100 * tokens * model.FlopAToken / 1e9, _lines[2].GetProperty("value").GetDouble(), 6);
    }

    [Fact]
    public void Without_a_known_peak_there_is_no_utilisation()
    {
        new TrainingStage(CPU, peak: null, Lines).Measure(new TrainedModel("tiny", Tiny, Vocabulary: 64, Rows: 2, MostExtra: null));

        Assert.Equal(["%", "tokens/s", "tokens/s"], _lines.Select(line => line.GetProperty("unit").GetString()));
        Assert.False(_lines[0].TryGetProperty("at_most", out _));
    }

    [Fact]
    public void Decoding_of_both_connections_is_compared_by_turns()
    {
        var size = new ModelSize("tiny", Tiny with { HiddenSize = 64 }, Vocabulary: 300, TextsATurn: 1);
        new DecodingStage(new EngineOptions { Slots = 1 }, ExportPrecision.Float32, Lines).Measure(size, count: 8);

        Assert.Equal(["tiny, float32: residual", "tiny, float32: mhc", "tiny, float32: mhc over residual"], _lines.Select(line => line.GetProperty("name").GetString()));
        Assert.All(_lines, line => Assert.True(line.GetProperty("value").GetDouble() > 0));
        Assert.Equal(0.95, _lines[2].GetProperty("at_least").GetDouble());
    }

    [Fact]
    public void Operations_of_a_step_are_those_of_its_matrices_and_scores()
    {
        // One layer of 2, an inner width of 3, 5 tokens, 7 positions: matrices 4 * 4 + 3 * 2 * 3 + 2 * 5 = 44 numbers; each of 7 / 2 keys and values, 2 wide.
        ModelSettings shape = new() { HiddenSize = 2, IntermediateSize = 3, NumHiddenLayers = 1, NumAttentionHeads = 1, MaxPositionEmbeddings = 7 };

        Assert.Equal(6 * (44 + 14), new TrainedModel("x", shape, Vocabulary: 5, Rows: 1, MostExtra: null).FlopAToken);
    }

    [Fact]
    public void The_measured_models_have_the_widths_of_the_targets_and_350_million_parameters()
    {
        Assert.Equal([(2560, 6.7), (4096, 6.7), (1024, (double?)null)], TrainedModel.All.Select(model => (model.Model.HiddenSize, model.MostExtra)));
        Assert.All(TrainedModel.All, model => model.Config("mhc").Validate());
        Assert.InRange((TrainedModel.All[2].FlopAToken / 6) - (24.0 * 1024 * 2048), 330e6, 360e6);
    }

    [Theory]
    [InlineData("NVIDIA H100 80GB HBM3", 989.0)]
    [InlineData("NVIDIA H100 PCIe", 756.0)]
    [InlineData("NVIDIA H100 NVL", 835.0)]
    [InlineData("NVIDIA H200", 989.0)]
    [InlineData("NVIDIA A100-SXM4-80GB", 312.0)]
    [InlineData("NVIDIA L40S", 362.0)]
    [InlineData("NVIDIA L4", 121.0)]
    [InlineData("NVIDIA GeForce RTX 4090", 165.0)]
    [InlineData("NVIDIA GeForce RTX 4090 Laptop GPU", null)]
    [InlineData("NVIDIA H20", null)]
    [InlineData("Tesla T4", null)]
    public void A_GPU_s_peak_is_known_by_its_whole_name_or_not_at_all(string name, double? expected) => Assert.Equal(expected, DensePeak.Of(name));
}
