using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>What cannot be exported is refused with a message that names it.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_missing_misshapen_and_useless_tensor_is_named_with_the_shape_expected()
    {
        string message = Refusal(RandomCheckpoint.Config(), (writer, spec, values) =>
        {
            if (spec.Name == "model.layers.1.attn_hc.fn")
                return;
            bool turned = spec.Name == "model.layers.0.mlp.up_proj.weight";
            writer.Add(turned ? spec.Name : spec.Name.Replace("layers.0.ffn_hc.base", "layers.0.ffn_hc.bias"), turned ? [.. spec.Shape.Reverse()] : spec.Shape, values);
        });

        Assert.Contains("model.layers.1.attn_hc.fn is missing, expected [24, 128]", message);
        Assert.Contains("model.layers.0.mlp.up_proj.weight is [32, 40], expected [40, 32]", message);
        Assert.Contains("model.layers.0.ffn_hc.base is missing, expected [24]", message);
        Assert.Contains("model.layers.0.ffn_hc.bias belongs to no part", message);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(12)]
    public void Heads_that_the_attention_operator_does_not_take_are_refused(int width)
    {
        string message = Refusal(RandomCheckpoint.Config() with { HeadDimOverride = width });

        Assert.Contains($"head_dim is {width}", message);
        Assert.Contains("a multiple of 8", message);
    }

    [Fact]
    public void Tables_of_positions_that_would_take_gigabytes_are_refused_before_anything_is_written()
    {
        string message = Refusal(RandomCheckpoint.Config() with { MaxPositionEmbeddings = 1 << 24 });

        Assert.Contains("max_position_embeddings is 16777216", message);
        Assert.Contains("can be at most 8388608", message); // 512 MiB of two tables, 4 · 16 / 2 bytes a token each
        Assert.False(Directory.Exists(_folder.In("onnx")));
    }

    [Fact]
    public void A_connection_that_is_not_known_is_refused_with_those_that_are()
    {
        string message = Assert.Throws<PipelineException>(() => Connections.ConnectionRegistry.For(RandomCheckpoint.Config() with { Connection = "hyper" })).Message;

        Assert.Contains("hc_connection is hyper", message);
        Assert.Contains("residual, mhc, mhc_lite, hc, identity", message);
    }

    [Fact]
    public void A_refused_export_leaves_nothing()
    {
        Refusal(RandomCheckpoint.Config() with { NumAttentionHeads = 8 });

        Assert.False(Directory.Exists(_folder.In("onnx")));
    }

    private string Refusal(ModelConfig config, Action<SafetensorsWriter, Checkpoints.TensorSpec, float[]>? add = null)
    {
        RandomCheckpoint.Save(_folder.In("model.safetensors"), config, add: add);
        using var weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        return Assert.Throws<PipelineException>(() => OnnxExporter.Export(config, weights, _folder.In("onnx"))).Message;
    }
}
