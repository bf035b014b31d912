using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx.Proto;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Tests.Reference;
using MhcPipeline.Export.Verification;
using MhcPipeline.Export.Weights;
using Xunit;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Weights;

/// <summary>Graphs for ONNX Runtime's CUDA provider: the type of every tensor, and their numbers as far as a CPU gives them.</summary>
public sealed class CudaExportTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public static TheoryData<string, ExportMode, ExportPrecision> Graphs
    {
        get
        {
            var data = new TheoryData<string, ExportMode, ExportPrecision>();
            foreach (string connection in new[] { "mhc", "mhc_lite", "hc", "identity", "residual" })
                foreach (ExportMode mode in Enum.GetValues<ExportMode>())
                    foreach (ExportPrecision precision in new[] { ExportPrecision.Float16, ExportPrecision.BFloat16 })
                        data.Add(connection, mode, precision);
            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Attention_caches_and_matrices_have_16_bits_and_so_have_streams_where_no_standard_operator_mixes_them(string connection, ExportMode mode, ExportPrecision precision)
    {
        ModelConfig config = RandomCheckpoint.Config(connection);
        GraphProto graph = Read(Export(config, mode, precision));
        EdgeTypes types = new(graph);
        DataType narrow = precision == ExportPrecision.Float16 ? DataType.Float16 : DataType.Bfloat16;
        DataType streams = mode == ExportMode.Fused || connection == "residual" ? narrow : DataType.Float;

        Assert.All(graph.Node.Where(node => node.OpType == "GroupQueryAttention"), node =>
        {
            Assert.All(new[] { 0, 3, 4, 7, 8 }, place => Assert.Equal(narrow, types.Of(node.Input[place])));
            Assert.All(new[] { 5, 6 }, place => Assert.Equal(DataType.Int32, types.Of(node.Input[place])));
        });
        Assert.All(graph.Input.Where(input => input.Name.StartsWith("past_", StringComparison.Ordinal)), input => Assert.Equal(narrow, input.Type.TensorType.ElemType));
        Assert.All(graph.Node.Where(node => node.OpType == "RMSNormalization" && types.Of(node.Output[0]) != streams), node => Assert.Fail($"{node.Name} is {types.Of(node.Output[0])}"));
        Assert.All(graph.Node.Where(node => node.Domain == "ai.mhc"), node =>
        {
            Assert.Equal(streams, types.Of(node.Input[0]));
            Assert.All(node.Input.Skip(node.OpType == "Read" ? 1 : 2), input => Assert.Equal(DataType.Float, types.Of(input)));
        });
        Assert.Equal(DataType.Float, types.Of("logits"));
        Assert.Equal(streams == DataType.Float, graph.Node.Count(node => node.OpType == "Cast") > 3); // the two of the mask, and that of the logits
    }

    [Theory]
    [MemberData(nameof(Graphs))]
    public void In_float32_it_is_the_graph_of_the_CPU_with_rounded_weights(string connection, ExportMode mode, ExportPrecision precision)
    {
        ModelConfig config = RandomCheckpoint.Config(connection);
        GraphProto twin = Read(Export(config, mode, precision, widened: true)), plain = Read(Export(config, mode, ExportPrecision.Float32, device: ExportDevice.Cpu));
        string ending = precision == ExportPrecision.Float16 ? ".float16" : ".bfloat16";

        Assert.Equal(plain.Node.Select(Text), twin.Node.Select(Text));
        Assert.Equal(plain.Input, twin.Input);
        Assert.Equal(plain.Output, twin.Output);

        string Text(NodeProto node)
        {
            NodeProto copy = node.Clone();
            for (int i = 0; i < copy.Input.Count; i++)
                copy.Input[i] = copy.Input[i].Replace(ending, "", StringComparison.Ordinal);
            return copy.ToString();
        }
    }

    [Theory]
    [InlineData("mhc", ExportMode.Fused, ExportPrecision.Float16, false)]
    [InlineData("hc", ExportMode.Fused, ExportPrecision.Float16, false)]
    [InlineData("residual", ExportMode.Standard, ExportPrecision.Float16, false)]
    [InlineData("mhc", ExportMode.Fused, ExportPrecision.BFloat16, true)]
    [InlineData("identity", ExportMode.Standard, ExportPrecision.BFloat16, true)]
    public void Logits_are_the_reference_models_within_the_limit_of_the_precision(string connection, ExportMode mode, ExportPrecision precision, bool widened)
    {
        ModelConfig config = RandomCheckpoint.Config(connection);
        ExportedModel model = Export(config, mode, precision, widened);
        long[] ids = RandomCheckpoint.Ids(config, 2 * 11);
        using var weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        var reference = new ReferenceModel(config, weights);
        float[] expected = [.. ids.Chunk(11).SelectMany(row => reference.Logits(row)).Select(logit => (float)logit)];

        using var runner = OnnxModelRunner.Load(model.ModelPath);
        var error = LogitError.Between(runner.Prefill(ids, 2), expected);
        var result = new VerificationResult("the reference model", 2, 11, error, LogitError.Between(runner.PrefillInChunks(ids, 2, chunk: 3), expected), LogitError.Between(runner.Decode(ids, 2), expected), expected.Max(MathF.Abs));

        LogitLimit limit = LogitLimit.Of(precision);
        Assert.True((connection == "hc" ? limit with { Relative = 2.5f * limit.Relative } : limit).Accepts(result), $"{result}");
    }

    [Theory]
    [InlineData(ExportPrecision.Float32)]
    [InlineData(ExportPrecision.Int8)]
    public void A_precision_that_attention_does_not_take_there_is_refused(ExportPrecision precision) =>
        Assert.Contains("Choose bfloat16 or float16", Assert.Throws<PipelineException>(() => Export(RandomCheckpoint.Config(), ExportMode.Fused, precision)).Message);

    [Fact]
    public void A_CPU_refuses_bfloat16() =>
        Assert.Contains("Could not find an implementation", Assert.Throws<PipelineException>(() => OnnxModelRunner.Load(Export(RandomCheckpoint.Config(), ExportMode.Fused, ExportPrecision.BFloat16).ModelPath)).Message);

    private ExportedModel Export(ModelConfig config, ExportMode mode, ExportPrecision precision, bool widened = false, ExportDevice device = ExportDevice.Cuda)
    {
        RandomCheckpoint.Save(_folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        return OnnxExporter.Export(config, weights, _folder.Path, new ExportOptions { Mode = mode, Precision = precision, Device = device, Widened = widened });
    }

    private static GraphProto Read(ExportedModel model) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(model.ModelPath)).Graph;
}
