using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Onnx.Proto;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Tests.Reference;
using MhcPipeline.Export.Verification;
using MhcPipeline.Export.Weights;
using Xunit;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Weights;

/// <summary>Models of every precision, against the double-precision model and against what a precision promises of its files.</summary>
public sealed class PrecisionTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public static TheoryData<string, ExportPrecision> Models
    {
        get
        {
            var data = new TheoryData<string, ExportPrecision>();
            foreach (string connection in new[] { "mhc", "mhc_lite", "hc", "identity", "residual" })
                foreach (ExportPrecision precision in Enum.GetValues<ExportPrecision>())
                    data.Add(connection, precision);
            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_way_to_run_a_model_stays_within_the_limit_of_its_precision(string connection, ExportPrecision precision)
    {
        // Two layers of random weights: errors are larger than a trained model's.
        ModelConfig config = RandomCheckpoint.Config(connection) with { TieWordEmbeddings = connection == "mhc" };
        ExportedModel model = Export(config, precision);
        const int Batch = 3, Sequence = 11;
        long[] ids = RandomCheckpoint.Ids(config, Batch * Sequence);
        using var weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        var reference = new ReferenceModel(config, weights);
        float[] expected = [.. ids.Chunk(Sequence).SelectMany(row => reference.Logits(row)).Select(logit => (float)logit)];

        using var runner = OnnxModelRunner.Load(model.ModelPath);
        var result = new VerificationResult("the reference model", Batch, Sequence,
            LogitError.Between(runner.Prefill(ids, Batch), expected),
            LogitError.Between(runner.PrefillInChunks(ids, Batch, chunk: 3), expected),
            LogitError.Between(runner.Decode(ids, Batch), expected),
            expected.Max(MathF.Abs));

        // hc's streams grow without bound and errors with them: random weights take it past what a trained model is allowed.
        LogitLimit limit = LogitLimit.Of(precision);
        Assert.True((connection == "hc" ? limit with { Relative = 2.5f * limit.Relative } : limit).Accepts(result), $"{result}");
        Assert.InRange(result.Relative, precision == ExportPrecision.Float32 ? 0 : 1e-5f, 1); // rounded weights show
    }

    [Theory]
    [InlineData(ExportPrecision.Int8)]
    [InlineData(ExportPrecision.Int4)]
    [InlineData(ExportPrecision.Float16)]
    [InlineData(ExportPrecision.BFloat16)]
    public void The_mixing_is_float32_in_every_precision(ExportPrecision precision)
    {
        ModelProto model = Read(Export(RandomCheckpoint.Config(), precision));

        Dictionary<string, TensorProto> tensors = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Assert.All(tensors.Values.Where(tensor => tensor.Name.Contains("_hc.") || tensor.Name.Contains("hc_head") || tensor.Name.Contains("norm")),
            tensor => Assert.Equal(DataType.Float, tensor.DataType));
        Assert.DoesNotContain(tensors.Keys, name => name.EndsWith("_proj.weight", StringComparison.Ordinal));
        Assert.DoesNotContain("lm_head.weight", tensors.Keys);
    }

    [Fact]
    public void A_tied_matrix_is_quantized_for_the_product_and_float32_for_the_lookup()
    {
        ModelProto model = Read(Export(RandomCheckpoint.Config() with { TieWordEmbeddings = true }, ExportPrecision.Int8));

        Assert.Contains(model.Graph.Initializer, tensor => tensor is { Name: "model.embed_tokens.weight", DataType: DataType.Float });
        Assert.Contains(model.Graph.Initializer, tensor => tensor is { Name: "model.embed_tokens.weight.int8", DataType: DataType.Uint8 });
    }

    [Theory]
    [InlineData(ExportPrecision.Int8, 1.125)]
    [InlineData(ExportPrecision.Int4, 0.625)]
    [InlineData(ExportPrecision.Float16, 2)]
    public void A_weight_takes_as_many_bytes_as_its_precision_says(ExportPrecision precision, double bytes)
    {
        ModelConfig config = RandomCheckpoint.Config("residual") with { HiddenSize = 256, IntermediateSize = 1024, VocabSize = 16 };
        ExportedModel model = Export(config, precision);

        long attention = (long)config.HiddenSize * config.HeadDim * 2 * (config.NumAttentionHeads + config.NumKeyValueHeads);
        double weights = config.NumHiddenLayers * (attention + (3L * config.HiddenSize * config.IntermediateSize));
        Assert.InRange(model.DataBytes, bytes * weights, (bytes * weights) + 200_000);
    }

    [Fact]
    public void The_same_checkpoint_gives_the_same_codes()
    {
        Export(RandomCheckpoint.Config(), ExportPrecision.Int4);
        byte[] data = File.ReadAllBytes(_folder.In("model.onnx.data"));
        Export(RandomCheckpoint.Config(), ExportPrecision.Int4);

        Assert.Equal(data, File.ReadAllBytes(_folder.In("model.onnx.data")));
    }

    private ExportedModel Export(ModelConfig config, ExportPrecision precision)
    {
        RandomCheckpoint.Save(_folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        return OnnxExporter.Export(config, weights, _folder.Path, new ExportOptions { Precision = precision, Widened = precision == ExportPrecision.BFloat16 });
    }

    private static ModelProto Read(ExportedModel model) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(model.ModelPath));
}
