using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Tests.Reference;
using MhcPipeline.Export.Verification;
using Xunit;

namespace MhcPipeline.Export.Tests.Model;

/// <summary>Exported models of many shapes give the logits of the double-precision model, in both modes.</summary>
public sealed class ModelTests
{
    private const double Limit = 1e-4;

    public static TheoryData<string, int> Streams => new()
    {
        { "mhc", 1 }, { "mhc", 2 }, { "mhc", 3 }, { "mhc", 4 }, { "mhc", 8 },
        { "mhc_lite", 1 }, { "mhc_lite", 2 }, { "mhc_lite", 3 }, { "mhc_lite", 4 },
        { "hc", 1 }, { "hc", 2 }, { "hc", 3 }, { "hc", 4 }, { "hc", 8 },
        { "identity", 1 }, { "identity", 2 }, { "identity", 3 }, { "identity", 4 }, { "identity", 8 },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Any_connection_with_any_number_of_streams(string connection, int streams) => AssertRight(RandomCheckpoint.Config(connection) with { HcMult = streams });

    [Fact]
    public void Streams_that_keep_to_themselves_cost_no_product()
    {
        const int sites = 4;
        Assert.Equal(sites + 1, Products("identity")); // what each site reads, and the head
        Assert.Equal((2 * sites) + 1, Products("mhc"));

        static int Products(string connection)
        {
            using var folder = new ScratchFolder();
            ModelConfig config = RandomCheckpoint.Config(connection);
            RandomCheckpoint.Save(folder.In("model.safetensors"), config);
            using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));
            return OnnxExporter.Export(config, weights, folder.In("onnx"), new ExportOptions { Folds = FoldSet.None }).NodeCounts["MatMul"];
        }
    }

    [Fact]
    public void No_eps() => AssertRight(RandomCheckpoint.Config() with { HcEps = 0, HcSinkhornIters = 50 });

    [Theory]
    [InlineData("mhc")]
    [InlineData("residual")]
    public void Tied_embeddings(string connection) => AssertRight(RandomCheckpoint.Config(connection) with { TieWordEmbeddings = true });

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(6, 2)]
    [InlineData(4, 1)]
    public void Any_number_of_heads_and_key_value_heads(int heads, int keyValueHeads) =>
        AssertRight(RandomCheckpoint.Config() with { HiddenSize = 16 * heads, NumAttentionHeads = heads, NumKeyValueHeads = keyValueHeads });

    [Theory]
    [InlineData("mhc", 8)]
    [InlineData("mhc", 24)]
    [InlineData("mhc", 40)]
    [InlineData("residual", 8)]
    [InlineData("residual", 24)]
    [InlineData("residual", 40)]
    public void Heads_that_the_attention_operator_does_not_turn(string connection, int width) =>
        AssertRight(RandomCheckpoint.Config(connection) with { HiddenSize = 4 * width, NumAttentionHeads = 4, NumKeyValueHeads = 2 });

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_hidden_size_that_is_no_multiple_of_anything(string connection, int streams) =>
        AssertRight(RandomCheckpoint.Config(connection) with { HcMult = streams, HiddenSize = 37, HeadDimOverride = 16, IntermediateSize = 53 });

    [Fact]
    public void Another_rope_theta_and_norm_eps() => AssertRight(RandomCheckpoint.Config("residual") with { RopeTheta = 500, RmsNormEps = 1e-3 });

    [Fact]
    public void Half_precision_weights_are_widened()
    {
        using var folder = new ScratchFolder();
        ModelConfig config = RandomCheckpoint.Config();
        RandomCheckpoint.Save(folder.In("half.safetensors"), config, add: (writer, spec, values) =>
        {
            bool brain = spec.Name.Contains("mlp"); // both kinds in one file
            byte[] bytes = [.. values.SelectMany(value => BitConverter.GetBytes(brain ? (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16) : BitConverter.HalfToUInt16Bits((Half)value)))];
            writer.Add(spec.Name, brain ? TensorType.BF16 : TensorType.F16, spec.Shape, bytes);
        });
        AssertRight(config, folder.In("half.safetensors"));
    }

    [Fact]
    public void Weights_of_more_elements_than_are_converted_at_once_are_whole()
    {
        using var folder = new ScratchFolder();
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => (float)(Half)(i % 2048))];
        var writer = new SafetensorsWriter();
        writer.Add("large", TensorType.F16, [1000, 100], values.SelectMany(value => BitConverter.GetBytes((Half)value)).ToArray());
        writer.Save(folder.In("large.safetensors"));
        using var file = SafetensorsFile.Open(folder.In("large.safetensors"));
        using var stream = new MemoryStream();

        new ModelWeights(file).Tensor("large").WriteTo(stream);

        Assert.Equal(values, stream.ToArray().Chunk(sizeof(float)).Select(bytes => BitConverter.ToSingle(bytes)));
    }

    private static void AssertRight(ModelConfig config)
    {
        using var folder = new ScratchFolder();
        RandomCheckpoint.Save(folder.In("model.safetensors"), config);
        AssertRight(config, folder.In("model.safetensors"));
    }

    private static void AssertRight(ModelConfig config, string checkpoint)
    {
        using var folder = new ScratchFolder();
        using var weights = SafetensorsFile.Open(checkpoint);
        long[] ids = RandomCheckpoint.Ids(config, 2 * 9);
        var reference = new ReferenceModel(config, weights);
        double[] expected = [.. reference.Logits(ids[..9]), .. reference.Logits(ids[9..])];

        foreach (ExportMode mode in Enum.GetValues<ExportMode>())
        {
            ExportedModel model = OnnxExporter.Export(config, weights, folder.In($"{mode}"), new ExportOptions { Mode = mode });
            using var runner = OnnxModelRunner.Load(model.ModelPath);

            Assert.InRange(LargestError(runner.Prefill(ids, batch: 2), expected), 0, Limit);
            Assert.InRange(LargestError(runner.Decode(ids, batch: 2), expected), 0, Limit);
        }
    }

    private static double LargestError(float[] actual, double[] expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.DoesNotContain(actual, float.IsNaN);
        return actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / Math.Max(1, expected.Max(Math.Abs)); // hc is not bounded: its logits may be large
    }
}
