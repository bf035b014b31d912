using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Verification;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>Mode fused gives the logits of mode standard where numbers are hard, with one operator between two sublayers.</summary>
public sealed class FusedTests
{
    private const double Limit = 1e-4; // of the largest logit

    public static TheoryData<string, int> Connections => ModelTests.Streams;

    [Theory]
    [MemberData(nameof(Connections))]
    public void Sharp_mixing_logits(string connection, int streams) =>
        Assert.InRange(Difference(RandomCheckpoint.Config(connection) with { HcMult = streams }, name => name.EndsWith("hc.base", StringComparison.Ordinal) ? 40 : 1), 0, Limit);

    [Theory]
    [MemberData(nameof(Connections))]
    public void Large_inputs(string connection, int streams) =>
        Assert.InRange(Difference(RandomCheckpoint.Config(connection) with { HcMult = streams }, name => name.Contains("embed") ? 1e4f : 1), 0, Limit);

    [Theory]
    [InlineData("mhc", 4)]
    [InlineData("hc", 4)]
    public void More_tokens_than_a_tile_and_a_part_of_the_kernels_have(string connection, int streams) =>
        Assert.InRange(Difference(RandomCheckpoint.Config(connection) with { HcMult = streams, MaxPositionEmbeddings = 600 }, _ => 1, tokens: 600), 0, Limit);

    [Fact]
    public void Between_two_sublayers_there_is_one_operator()
    {
        using var folder = new ScratchFolder();
        ModelConfig config = RandomCheckpoint.Config();
        RandomCheckpoint.Save(folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));

        IReadOnlyDictionary<string, int> nodes = OnnxExporter.Export(config, weights, folder.Path, new ExportOptions { Mode = ExportMode.Fused }).NodeCounts;

        Assert.Equal(1, nodes["ai.mhc.Read"]);
        Assert.Equal((2 * config.NumHiddenLayers) - 1, nodes["ai.mhc.WriteRead"]);
        Assert.Equal(1, nodes["ai.mhc.End"]);
        Assert.DoesNotContain("MatMul", nodes.Keys);
    }

    [Fact]
    public void Residual_is_the_same_graph_in_both_modes()
    {
        using var folder = new ScratchFolder();
        ModelConfig config = RandomCheckpoint.Config("residual");
        RandomCheckpoint.Save(folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));
        string[] graphs = [.. Enum.GetValues<ExportMode>().Select(mode => OnnxExporter.Export(config, weights, folder.In($"{mode}"), new ExportOptions { Mode = mode }).ModelPath)];

        Assert.Equal(File.ReadAllBytes(graphs[0]), File.ReadAllBytes(graphs[1]));
    }

    [Fact]
    public void A_host_without_the_operators_says_so()
    {
        using var folder = new ScratchFolder();
        ModelConfig config = RandomCheckpoint.Config();
        RandomCheckpoint.Save(folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));
        ExportedModel model = OnnxExporter.Export(config, weights, folder.Path, new ExportOptions { Mode = ExportMode.Fused });

        Assert.Contains("ai.mhc", Assert.Throws<OnnxRuntimeException>(() => new InferenceSession(model.ModelPath)).Message);
    }

    [Fact]
    public void Sessions_run_side_by_side()
    {
        using var folder = new ScratchFolder();
        ModelConfig config = RandomCheckpoint.Config();
        RandomCheckpoint.Save(folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));
        string path = OnnxExporter.Export(config, weights, folder.Path, new ExportOptions { Mode = ExportMode.Fused }).ModelPath;
        long[] ids = RandomCheckpoint.Ids(config, 32);
        using OnnxModelRunner alone = OnnxModelRunner.Load(path);
        float[] expected = alone.Decode(ids, batch: 2);

        Parallel.For(0, 4, _ =>
        {
            using OnnxModelRunner beside = OnnxModelRunner.Load(path);
            for (int i = 0; i < 5; i++)
                Assert.Equal(expected, beside.Decode(ids, batch: 2));
        });
    }

    // Largest difference of a logit between the modes, whole sequences and token by token, as a part of the largest logit.
    private static double Difference(ModelConfig config, Func<string, float> factor, int tokens = 9)
    {
        using var folder = new ScratchFolder();
        RandomCheckpoint.Save(folder.In("model.safetensors"), config, add: (writer, spec, values) =>
            writer.Add(spec.Name, spec.Shape, [.. values.Select(value => value * factor(spec.Name))]));
        using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));
        using OnnxModelRunner standard = Load(ExportMode.Standard), fused = Load(ExportMode.Fused);
        long[] ids = RandomCheckpoint.Ids(config, tokens);

        float[] expected = standard.Prefill(ids, batch: 1);
        return Math.Max(Largest(fused.Prefill(ids, batch: 1)), Largest(fused.Decode(ids, batch: 1)));

        OnnxModelRunner Load(ExportMode mode) =>
            OnnxModelRunner.Load(OnnxExporter.Export(config, weights, folder.In($"{mode}"), new ExportOptions { Mode = mode }).ModelPath);

        double Largest(float[] actual) =>
            actual.Zip(expected, (a, b) => float.IsNaN(a) ? double.PositiveInfinity : Math.Abs((double)a - b)).Max() / expected.Max(MathF.Abs);
    }
}
