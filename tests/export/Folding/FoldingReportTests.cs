using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Calibration;
using MhcPipeline.Export.Command;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Output;
using MhcPipeline.Export.Tests.Command;
using MhcPipeline.Export.Tests.Model;
using Spectre.Console;
using Xunit;

namespace MhcPipeline.Export.Tests.Folding;

/// <summary>What an export says of its folds: in export.json, and to `mhc-export inspect`.</summary>
public sealed class FoldingReportTests : IDisposable
{
    private readonly TestRun _run = new();
    private readonly StringWriter _output = new();

    public static TheoryData<string> Switchable => [.. FoldSet.Names.Except(["post-pre", "static-coefficients"])];

    public void Dispose()
    {
        _run.Dispose();
        _output.Dispose();
    }

    [Theory]
    [MemberData(nameof(Switchable))]
    public void Each_fold_changes_operators_or_weights_and_hardly_a_logit(string name)
    {
        FoldReport fold = Report(new ExportOptions { Folds = FoldSet.None.With(name) }).Folds.Single(fold => fold.Applied);

        Assert.Equal(name, fold.Name);
        Assert.True(fold.Alone!.OperatorsBefore != fold.Alone.OperatorsAfter || fold.Alone.BytesBefore != fold.Alone.BytesAfter);
        Assert.InRange(fold.Error!.Value, 0, 1e-4);
    }

    [Fact]
    public void All_folds_together_leave_a_smaller_graph()
    {
        FoldingReport report = Report(new ExportOptions());

        Assert.InRange(report.Change.OperatorsAfter, 1, report.Change.OperatorsBefore / 2);
        Assert.InRange(report.Error!.Value, 1e-9, 1e-4);
        Assert.Equal("random tokens: 2 sequences of 128 tokens, in mode standard and float32", report.Measured);
    }

    [Theory]
    [InlineData("mhc", 1, 501, false)]
    [InlineData("mhc", 251, 2, false)]
    [InlineData("mhc", 1, 500, true)]
    [InlineData("hc", 1, 1000, true)]
    public void So_many_Sinkhorn_iterations_that_graphs_take_minutes_to_load_are_not_calibrated_unless_asked_for(string connection, int layers, int iterations, bool measured)
    {
        ModelConfig config = RandomCheckpoint.Config(connection) with { NumHiddenLayers = layers, HcSinkhornIters = iterations };
        var set = CalibrationSet.Random(config);

        string? reason = FoldCalibration.NotMeasured(set, CalibrationChoice.Auto, config, bytes: 1);

        Assert.Equal(measured, reason is null);
        Assert.True(measured || reason!.Contains("--calibrate always", StringComparison.Ordinal));
        Assert.Null(FoldCalibration.NotMeasured(set, CalibrationChoice.Always, config, bytes: 1));
    }

    [Fact]
    public void Sites_need_fewer_iterations_than_configured_and_the_first_needs_none()
    {
        int[] iterations = [.. Report(new ExportOptions()).Sites.Where(site => site.Iterations is not null).Select(site => site.Iterations!.Value)];

        Assert.Equal(4, iterations.Length);
        Assert.Equal(0, iterations[0]);
        Assert.All(iterations[1..], count => Assert.InRange(count, 2, 19));
    }

    [Fact]
    public void Parts_add_up_to_the_whole()
    {
        FoldingReport report = Report(new ExportOptions());

        Assert.Equal(report.Change.OperatorsAfter, report.Sites.Sum(site => site.Change.OperatorsAfter));
        Assert.Equal(report.Change.BytesBefore, report.Sites.Sum(site => site.Change.BytesBefore));
        Assert.Equal(["attention_mask", "embed_tokens", "layers.0/attn_hc", "layers.0/self_attn"], report.Sites.Take(4).Select(site => site.Name));
    }

    [Fact]
    public void Operators_of_mode_fused_do_some_folds_in_any_case()
    {
        FoldingReport report = Report(new ExportOptions { Mode = ExportMode.Fused, Folds = FoldSet.None });

        Assert.Equal(["one-product", "norm-after-product", "post-pre"], report.Folds.Where(fold => fold.Applied).Select(fold => fold.Name));
        Assert.All(report.Folds.Where(fold => fold.Applied), fold => Assert.StartsWith("part of mode fused", fold.Why));
    }

    [Fact]
    public void Without_calibration_errors_are_not_measured_and_the_report_says_why()
    {
        FoldingReport report = Report(new ExportOptions { Calibrate = CalibrationChoice.Never });

        Assert.Equal("not measured: switched off", report.Measured);
        Assert.Null(report.Error);
        Assert.Contains("not measured", report.Folds.Single(fold => fold.Name == "sinkhorn-iterations").Why);
    }

    [Fact]
    public void Maps_of_zeros_become_constants()
    {
        using var folder = new ScratchFolder();
        foreach (string connection in new[] { "mhc", "mhc_lite", "hc", "identity" })
        {
            ModelConfig config = RandomCheckpoint.Config(connection);
            RandomCheckpoint.Save(folder.In("model.safetensors"), config, add: (writer, spec, values) =>
                writer.Add(spec.Name, spec.Shape, spec.Name.Contains("layers.0.ffn_hc.fn") ? new float[values.Length] : values));
            using var weights = SafetensorsFile.Open(folder.In("model.safetensors"));

            FoldReport fold = OnnxExporter.Export(config, weights, folder.In("onnx"), new ExportOptions { Folds = FoldSet.None.With("static-coefficients"), Calibration = CalibrationSet.Random(config) })
                .Folding.Folds.Single(fold => fold.Applied);

            Assert.Equal("static-coefficients", fold.Name);
            Assert.True(fold.Alone!.OperatorsAfter < fold.Alone.OperatorsBefore);
            Assert.InRange(fold.Error!.Value, 0, 1e-4);
        }
    }

    [Fact]
    public void Export_json_lists_every_fold_and_every_part()
    {
        Export();

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(_run.Folder.ExportReport));
        JsonElement folding = json.RootElement.GetProperty("folding");
        Assert.Equal(FoldSet.Names, folding.GetProperty("folds").EnumerateArray().Select(fold => fold.GetProperty("name").GetString()));
        Assert.Equal("expected.safetensors: 1 sequences of 12 tokens, in mode standard and float32", folding.GetProperty("error_measured_on").GetString());
        Assert.InRange(folding.GetProperty("folds")[0].GetProperty("error").GetDouble(), 0, 1e-4);
        Assert.Equal(json.RootElement.GetProperty("nodes").GetInt32(), folding.GetProperty("parts").EnumerateArray().Sum(part => part.GetProperty("operators_after").GetInt32()));
    }

    [Fact]
    public void Inspect_shows_the_graph_by_site()
    {
        Export();

        InspectExport.Show(_run.Folder.OnnxFolder, Display());

        string[] lines = _output.ToString().Split('\n');
        Assert.Contains(lines, line => line.Contains("layers.1/ffn_hc"));
        Assert.Contains(lines, line => line.Contains("one-product"));
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(_run.Folder.ExportReport));
        Assert.Contains(lines, line => line.Contains($" {json.RootElement.GetProperty("nodes").GetInt32()} "));
    }

    [Fact]
    public void A_folder_that_is_no_export_is_refused_with_what_to_give() =>
        Assert.Contains("make export", Assert.Throws<PipelineException>(() => InspectExport.Show(_run.Folder.Path, Display())).Message);

    [Fact]
    public void An_unknown_fold_is_refused_with_the_known_ones() =>
        Assert.Contains("norm-into-projections", Assert.Throws<PipelineException>(() => FoldSet.Usual.Without("everything")).Message);

    private FoldingReport Report(ExportOptions options)
    {
        var config = ModelConfig.Load(_run.Folder.ConfigJson);
        using var weights = SafetensorsFile.Open(_run.Folder.WeightsFile);
        return OnnxExporter.Export(config, weights, _run.Folder.OnnxFolder, options with { Calibration = CalibrationSet.Random(config) }).Folding;
    }

    private void Export() => new RunExport(_run.Folder, Display()).Export(new ExportOptions());

    private StepDisplay Display()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output) });
        console.Profile.Width = 200;
        return new StepDisplay(console, interactive: false);
    }
}
