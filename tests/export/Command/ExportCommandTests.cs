using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Command;
using MhcPipeline.Export.Weights;
using MhcPipeline.Tokenization;
using Xunit;

namespace MhcPipeline.Export.Tests.Command;

/// <summary>The export stage on a run folder.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly TestRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void The_onnx_folder_has_everything_that_a_host_needs_and_nothing_else()
    {
        Export();

        Assert.Equal(["export.json", "genai_config.json", "model.onnx", "model.onnx.data", "tokenizer.json"],
            Directory.GetFileSystemEntries(_run.Folder.OnnxFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Directory.GetDirectories(_run.Folder.Path), folder => folder != _run.Folder.OnnxFolder);
    }

    [Fact]
    public void The_report_has_the_errors_of_every_way_to_run_the_model()
    {
        Export();

        using JsonDocument report = Json(_run.Folder.ExportReport);
        JsonElement verification = report.RootElement.GetProperty("verification");
        Assert.InRange(verification.GetProperty("prefill_max_abs_error").GetDouble(), 1e-9, 1e-4);
        Assert.InRange(verification.GetProperty("chunked_prefill_max_abs_error").GetDouble(), 1e-9, 1e-4);
        Assert.InRange(verification.GetProperty("decode_max_abs_error").GetDouble(), 1e-9, 1e-4);
        Assert.Equal("standard", report.RootElement.GetProperty("mode").GetString());
        Assert.Equal(new FileInfo(_run.Folder.OnnxModel).Length, report.RootElement.GetProperty("files").GetProperty("model.onnx").GetInt64());
        Assert.Equal(new FileInfo(_run.Folder.OnnxData).Length, report.RootElement.GetProperty("files").GetProperty("model.onnx.data").GetInt64());
        Assert.Equal(2, report.RootElement.GetProperty("nodes_by_operator").GetProperty("com.microsoft.GroupQueryAttention").GetInt32());
    }

    [Fact]
    public void Genai_is_told_the_names_the_sizes_and_what_ends_a_text()
    {
        Export();

        using JsonDocument json = Json(_run.Folder.GenAiConfig);
        JsonElement model = json.RootElement.GetProperty("model");
        Assert.Equal("decoder", model.GetProperty("type").GetString());
        Assert.Equal(128, model.GetProperty("context_length").GetInt32());
        Assert.Equal([256, 258], model.GetProperty("eos_token_id").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal(1, model.GetProperty("decoder").GetProperty("num_key_value_heads").GetInt32());
        Assert.Equal("past_key_values.%d.key", model.GetProperty("decoder").GetProperty("inputs").GetProperty("past_key_names").GetString());
        Assert.True(json.RootElement.GetProperty("search").GetProperty("past_present_share_buffer").GetBoolean());
    }

    [Fact]
    public void An_error_above_the_limit_fails_and_leaves_the_previous_export_as_it_was()
    {
        Export();
        byte[] before = File.ReadAllBytes(_run.Folder.OnnxModel);
        _run.WriteExpected(ModelConfig.Load(_run.Folder.ConfigJson), error: 0.002f);

        string message = Assert.Throws<PipelineException>(Export).Message;

        Assert.Contains("2.0e-3", message);
        Assert.Equal(before, File.ReadAllBytes(_run.Folder.OnnxModel));
        Assert.Equal([_run.Folder.OnnxFolder], Directory.GetDirectories(_run.Folder.Path));
    }

    [Theory]
    [InlineData(ExportPrecision.Float16)]
    [InlineData(ExportPrecision.Int8)]
    [InlineData(ExportPrecision.Int4)]
    public void Rounded_weights_may_be_off_by_a_share_of_the_logits_but_not_by_more(ExportPrecision precision)
    {
        Export(precision);
        using JsonDocument report = Json(_run.Folder.ExportReport);
        Assert.Equal(precision.ToString().ToLowerInvariant(), report.RootElement.GetProperty("precision").GetString());
        double limit = report.RootElement.GetProperty("verification").GetProperty("relative_rms_limit").GetDouble();
        Assert.InRange(report.RootElement.GetProperty("verification").GetProperty("relative_rms_error").GetDouble(), 1e-6, limit);
        _run.WriteExpected(ModelConfig.Load(_run.Folder.ConfigJson), error: 1000);

        Assert.Contains($"{precision.ToString().ToLowerInvariant()} accepts", Assert.Throws<PipelineException>(() => Export(precision)).Message);
    }

    [Fact]
    public void A_logit_that_is_not_a_number_fails()
    {
        _run.WriteExpected(ModelConfig.Load(_run.Folder.ConfigJson), error: float.NaN);

        Assert.Throws<PipelineException>(Export);
        Assert.False(Directory.Exists(_run.Folder.OnnxFolder));
    }

    [Theory]
    [InlineData("expected.safetensors", "make train")]
    [InlineData("model.safetensors", "make train")]
    [InlineData("tokenizer.json", "make tokenizer")]
    public void A_missing_file_is_named_with_the_target_that_makes_it(string file, string target)
    {
        File.Delete(Path.Combine(_run.Folder.Path, file));

        string message = Assert.Throws<PipelineException>(Export).Message;

        Assert.Contains(file, message);
        Assert.Contains(target, message);
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--run x --mode sideways")]
    [InlineData("--run x --precision int3")]
    [InlineData("--run x --eval-examples 0")]
    [InlineData("--run x --no-fold everything")]
    [InlineData("inspect")]
    [InlineData("")]
    [InlineData("--run x --precision 7")]
    [InlineData("--run x --precision 3")]
    [InlineData("--run x --mode 1")]
    [InlineData("--run x --calibrate 0")]
    [InlineData("--run x --eval-examples 1e9")]
    [InlineData("precisions --run x --mode 1")]
    public async Task Wrong_usage_is_exit_code_2(string arguments) =>
        Assert.Equal(2, await ExportCommand.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public async Task A_failure_is_exit_code_1() => Assert.Equal(1, await ExportCommand.RunAsync(["--run", Path.Combine(_run.Folder.Path, "nowhere")]));

    [Fact]
    public async Task Success_is_exit_code_0() => Assert.Equal(0, await ExportCommand.RunAsync(["--run", _run.Folder.Path, "--mode", "standard", "--skip-eval"]));

    [Fact]
    public void A_tokenizer_that_the_weights_were_not_trained_with_is_refused()
    {
        Record(WeightsRecord.Tokenizer, TextTokenizer.Load(_run.Folder.TokenizerJson).Fingerprint);
        Export();
        Record(WeightsRecord.Tokenizer, "of another");

        Assert.Contains("another tokenizer", Assert.Throws<PipelineException>(Export).Message);
    }

    [Fact]
    public void A_checkpoint_that_has_gone_on_since_the_weights_were_written_is_said()
    {
        Record(WeightsRecord.Step, "160");
        SaveCheckpoint("""{"step":160,"finished":true}""");
        Export();
        Assert.DoesNotContain("checkpoint", _run.Output.ToString());
        SaveCheckpoint("""{"step":900,"finished":false}""");
        Export();

        Assert.Contains("the checkpoint stands at step 900, model.safetensors at step 160", _run.Output.ToString());
        Assert.Contains($"make train RUN={_run.Folder.Path}", _run.Output.ToString());
    }

    [Fact]
    public async Task A_run_that_another_program_writes_is_refused()
    {
        using RunLock held = RunLock.Take(_run.Folder);
        Assert.Equal(1, await ExportCommand.RunAsync(["--run", _run.Folder.Path, "--skip-eval"]));
        Assert.Equal(1, await ExportCommand.RunAsync(["precisions", "--run", _run.Folder.Path]));
        Assert.False(Directory.Exists(_run.Folder.OnnxFolder));
    }

    /// <summary>Adds to what model.safetensors says of itself.</summary>
    private void Record(string key, string value)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[key] = value;
        using (SafetensorsFile weights = SafetensorsFile.Open(_run.Folder.WeightsFile))
        {
            foreach (TensorInfo tensor in weights.Tensors.Values)
                writer.Add(tensor.Name, tensor.Type, tensor.Shape, weights.Bytes(tensor.Name).ToArray());
        }
        writer.Save(_run.Folder.WeightsFile);
    }

    private void SaveCheckpoint(string state)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[WeightsRecord.State] = state;
        writer.Save(_run.Folder.LastCheckpoint);
    }

    private void Export() => Export(ExportPrecision.Float32);

    private void Export(ExportPrecision precision) => new RunExport(_run.Folder, _run.Display()).Export(new ExportOptions { Precision = precision });

    private static JsonDocument Json(string path) => JsonDocument.Parse(File.ReadAllBytes(path));
}
