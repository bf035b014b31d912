using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Engine.Operators;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx.Proto;
using MhcPipeline.Export.Tests.Elsewhere;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Weights;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace MhcPipeline.Export.Tests.Onnx;

/// <summary>Exported models are valid ONNX, and nothing in them is of no use.</summary>
public sealed class ValidityTests : IDisposable
{
    // What is done to a model, and what the check says of it.
    private static readonly (string Problem, Action<ModelProto> Damage)[] _damages =
    [
        ("domain '' has no such operator", model => model.Graph.Node.First(node => node.OpType == "RMSNormalization").OpType = "SimplifiedLayerNormalization"),
        ("is used and not imported", model => model.OpsetImport.RemoveAt(1)),
        ("is imported and not used", model => model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.other", Version = 1 })),
        ("not opset 23", model => model.OpsetImport[0].Version = 21),
        ("not opset 23", model => model.IrVersion = 10),
        ("which nothing before it gives", model => model.Graph.Node.Insert(0, model.Graph.Node[^1])),
        ("is defined twice", model => model.Graph.Node.Add(model.Graph.Node[^1].Clone())),
        ("is not used", model => model.Graph.Initializer.Add(new TensorProto { Name = "spare", DataType = TensorProto.Types.DataType.Float, Dims = { 0 } })),
        ("has the attribute axes", model => model.Graph.Node.First(node => node.OpType == "ReduceSum").Attribute[0].Name = "axes"),
        ("lacks the attribute to", model => model.Graph.Node.First(node => node.OpType == "Cast").Attribute.Clear()),
        ("inputs and", model => model.Graph.Node.First(node => node.OpType == "Sigmoid").Input.Add("input_ids")),
        ("takes Float and Int64", model => model.Graph.Node.First(node => node.OpType == "Sub").Input[0] = "model.norm.weight"),
        ("bytes, its type and shape", model => model.Graph.Initializer[^1].Dims[0]++),
        ("output logits is", model => model.Graph.Output[0].Type.TensorType.ElemType = TensorProto.Types.DataType.Int64),
    ];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, ExportMode, ExportPrecision> Choices()
    {
        var data = new TheoryData<string, ExportMode, ExportPrecision>();
        foreach (string connection in new[] { "mhc", "mhc_lite", "hc", "identity", "residual" })
        {
            foreach (ExportPrecision precision in Enum.GetValues<ExportPrecision>().Where(precision => precision != ExportPrecision.BFloat16)) // no CPU runs that: CudaExportTests
            {
                foreach (ExportMode mode in Enum.GetValues<ExportMode>())
                    data.Add(connection, mode, precision);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void Every_connection_mode_and_precision(string connection, ExportMode mode, ExportPrecision precision) =>
        Assert.Empty(ModelChecker.Problems(Export(RandomCheckpoint.Config(connection), new ExportOptions { Mode = mode, Precision = precision })));

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_host_that_loads_it_is_warned_of_nothing_but_the_input_that_may_be_left_out(string connection, ExportMode mode, ExportPrecision precision)
    {
        string path = Save(RandomCheckpoint.Config(connection), new ExportOptions { Mode = mode, Precision = precision });
        string name = $"{connection} {mode} {precision}";
        using var options = new SessionOptions { LogId = name, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING }; // as a host has it that chooses nothing

        SessionOperators.Load(path, options).Dispose();

        Assert.StartsWith("Initializer logits_from appears in graph inputs", Assert.Single(RuntimeLog.Of(name)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mhc")]
    [InlineData("mhc_lite")]
    [InlineData("hc")]
    [InlineData("identity")]
    [InlineData("residual")]
    public void Every_connection_without_folds_and_with_all(string connection)
    {
        Assert.Empty(ModelChecker.Problems(Export(RandomCheckpoint.Config(connection), new ExportOptions { Folds = FoldSet.None })));
        Assert.Empty(ModelChecker.Problems(Export(RandomCheckpoint.Config(connection), new ExportOptions { Folds = FoldSet.All })));
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(1e-6, 24)]
    [InlineData(0, 16)]
    public void Sinkhorn_without_eps_and_heads_that_are_turned_before_the_attention(double eps, int width) =>
        Assert.Empty(ModelChecker.Problems(Export(RandomCheckpoint.Config() with { HcEps = eps, HeadDimOverride = width, TieWordEmbeddings = true }, new ExportOptions())));

    public static TheoryData<int, string> Damages()
    {
        var data = new TheoryData<int, string>();
        for (int i = 0; i < _damages.Length; i++)
            data.Add(i, _damages[i].Problem);
        return data;
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void The_check_finds_what_is_wrong(int index, string problem)
    {
        ModelProto model = Export(RandomCheckpoint.Config(), new ExportOptions { Folds = FoldSet.None });

        _damages[index].Damage(model);

        Assert.Contains(ModelChecker.Problems(model), found => found.Contains(problem, StringComparison.Ordinal));
    }

    private ModelProto Export(ModelConfig config, ExportOptions options)
    {
        using FileStream stream = File.OpenRead(Save(config, options));
        return ModelProto.Parser.ParseFrom(stream);
    }

    private string Save(ModelConfig config, ExportOptions options)
    {
        RandomCheckpoint.Save(_folder.In("model.safetensors"), config);
        using var weights = SafetensorsFile.Open(_folder.In("model.safetensors"));
        return OnnxExporter.Export(config, weights, _folder.In("onnx"), options).ModelPath;
    }
}
