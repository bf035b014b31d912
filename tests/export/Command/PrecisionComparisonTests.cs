using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Command;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Tests.Reference;
using Xunit;

namespace MhcPipeline.Export.Tests.Command;

/// <summary>A run in every precision, side by side.</summary>
public sealed class PrecisionComparisonTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Each_has_its_size_its_errors_its_validation_loss_and_its_exact_match()
    {
        Export();
        double loss = WriteValidation();
        WriteHeldOut();

        await Compare();

        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_run.Folder.ExportReport));
        Dictionary<string, JsonElement> precisions = report.RootElement.GetProperty("precisions").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value);
        Assert.Equal(["float16", "float32", "int4", "int8"], precisions.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(loss, precisions["float32"].GetProperty("validation_loss").GetDouble(), 1e-4);
        Assert.Equal(new FileInfo(_run.Folder.OnnxModel).Length + new FileInfo(_run.Folder.OnnxData).Length, precisions["float32"].GetProperty("bytes").GetInt64());
        Assert.All(precisions.Values, precision => Assert.True(precision.GetProperty("accepted").GetBoolean()));
        Assert.All(precisions.Values, precision => Assert.InRange(precision.GetProperty("exact_match").GetDouble(), 0, 1));
        Assert.True(Error("float32") < Error("float16") && Error("float16") < Error("int8") && Error("int8") < Error("int4"));
        Assert.All(precisions.Keys, name => Assert.Contains($"\n{name} ", _run.Output.ToString()));

        double Error(string precision) => precisions[precision].GetProperty("relative_rms_error").GetDouble();
    }

    [Fact]
    public async Task The_exported_model_stays_and_nothing_else_does()
    {
        Export();
        byte[] graph = File.ReadAllBytes(_run.Folder.OnnxModel), data = File.ReadAllBytes(_run.Folder.OnnxData);

        await Compare();

        Assert.Equal(graph, File.ReadAllBytes(_run.Folder.OnnxModel));
        Assert.Equal(data, File.ReadAllBytes(_run.Folder.OnnxData));
        Assert.Equal([_run.Folder.OnnxFolder], Directory.GetDirectories(_run.Folder.Path));
    }

    [Fact]
    public async Task A_run_without_a_validation_sample_is_told_so()
    {
        Export();

        await Compare();

        Assert.Contains("no validation.safetensors", _run.Output.ToString());
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(1000)]
    public async Task A_validation_sample_of_other_tokens_is_refused(long id)
    {
        Export();
        var writer = new SafetensorsWriter();
        writer.Add("input_ids", [1, 2], [1L, id]);
        writer.Add("targets", [1, 2], [2L, -100]);
        writer.Save(_run.Folder.ValidationFile);

        Assert.Contains("no tokens", (await Assert.ThrowsAsync<PipelineException>(Compare)).Message);
    }

    [Fact]
    public async Task A_run_that_was_not_exported_is_refused() => Assert.Contains("make export", (await Assert.ThrowsAsync<PipelineException>(Compare)).Message);

    [Fact]
    public async Task The_command_line_runs_it()
    {
        Export();

        Assert.Equal(0, await ExportCommand.RunAsync(["precisions", "--run", _run.Folder.Path, "--eval-examples", "0"]));
        Assert.Equal(2, await ExportCommand.RunAsync(["precisions"]));
    }

    private void Export() => new RunExport(_run.Folder, _run.Display()).Export(new ExportOptions());

    private Task Compare() => new PrecisionComparison(_run.Folder, _run.Display()).RunAsync(ExportMode.Standard, examples: 2, CancellationToken.None);

    private void WriteHeldOut() => File.WriteAllText(_run.Folder.HeldOutFile,
        """{"messages":[{"role":"user","content":"a question"},{"role":"assistant","content":"an answer"}],"task":"answer"}""" + "\n");

    // Two rows, of which some targets are asked for; gives the double-precision model's loss.
    private double WriteValidation()
    {
        ModelConfig config = ModelConfig.Load(_run.Folder.ConfigJson);
        const int Rows = 2, Length = 9;
        long[] ids = RandomCheckpoint.Ids(config, Rows * Length, seed: 8), targets = [.. RandomCheckpoint.Ids(config, Rows * Length, seed: 9).Select((id, i) => i % 3 == 0 ? -100 : id)];
        var writer = new SafetensorsWriter();
        writer.Add("input_ids", [Rows, Length], ids);
        writer.Add("targets", [Rows, Length], targets);
        writer.Save(_run.Folder.ValidationFile);

        using var weights = SafetensorsFile.Open(_run.Folder.WeightsFile);
        var reference = new ReferenceModel(config, weights);
        double[][] logits = [.. ids.Chunk(Length).SelectMany(row => reference.Logits(row).Chunk(config.VocabSize))];
        return targets.Zip(logits).Where(pair => pair.First >= 0).Average(pair => Math.Log(pair.Second.Sum(Math.Exp)) - pair.Second[pair.First]);
    }
}
