using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Export.Command;
using MhcPipeline.Export.Onnx.Proto;
using MhcPipeline.Export.Weights;
using Xunit;
using DataType = MhcPipeline.Export.Onnx.Proto.TensorProto.Types.DataType;

namespace MhcPipeline.Export.Tests.Command;

/// <summary><c>mhc-export --device cuda</c> on a machine that need not have a GPU.</summary>
public sealed class CudaCommandTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("standard")]
    [InlineData("fused")]
    public async Task The_graph_is_of_bfloat16_and_was_verified(string mode)
    {
        Assert.Equal(0, await ExportCommand.RunAsync(["--run", _run.Folder.Path, "--device", "cuda", "--mode", mode]));

        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_run.Folder.ExportReport));
        Assert.Equal(("cuda", "bfloat16"), (report.RootElement.GetProperty("device").GetString(), report.RootElement.GetProperty("precision").GetString()));
        JsonElement verification = report.RootElement.GetProperty("verification");
        Assert.StartsWith("the same graph and rounded weights in float32", verification.GetProperty("of").GetString(), StringComparison.Ordinal);
        Assert.InRange(verification.GetProperty("decode_max_abs_error").GetDouble(), 1e-9, 1);
        GraphProto graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(_run.Folder.OnnxModel)).Graph;
        Assert.All(graph.Input.Where(input => input.Name.StartsWith("past_", StringComparison.Ordinal)), input => Assert.Equal(DataType.Bfloat16, (DataType)input.Type.TensorType.ElemType));
        Assert.Equal(mode == "fused", graph.Node.Any(node => node.Domain == "ai.mhc"));
        Assert.DoesNotContain(Directory.GetDirectories(_run.Folder.Path), folder => folder != _run.Folder.OnnxFolder);
    }

    [Fact]
    public async Task What_the_CPU_cannot_answer_with_is_not_measured_and_said()
    {
        var export = new RunExport(_run.Folder, _run.Display());
        export.Export(new ExportOptions { Device = ExportDevice.Cuda, Precision = ExportPrecision.BFloat16 });
        await export.EvaluateAsync(3, CancellationToken.None);

        Assert.Contains("nothing measured: answers come from the CPU, which does not run this precision; `mhc-serve --cuda` does", _run.Output.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.False(File.Exists(_run.Folder.EvalFile));
    }

    [Fact]
    public async Task A_precision_that_no_GPU_takes_is_one_error_and_nothing_is_written()
    {
        Assert.Equal(1, await ExportCommand.RunAsync(["--run", _run.Folder.Path, "--device", "cuda", "--precision", "int4"]));

        string message = Assert.Throws<PipelineException>(() => new RunExport(_run.Folder, _run.Display()).Export(new ExportOptions { Device = ExportDevice.Cuda, Precision = ExportPrecision.Int4 })).Message;
        Assert.StartsWith("Precision int4 cannot be exported for device cuda", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.False(Directory.Exists(_run.Folder.OnnxFolder));
    }
}
