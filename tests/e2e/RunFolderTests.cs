using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using Xunit;

namespace MhcPipeline.EndToEnd.Tests;

/// <summary>What the stages leave in a run folder.</summary>
[Collection(SmokeRunCollection.Name)]
public sealed class RunFolderTests(SmokeRun smoke)
{
    private readonly RunFolder _run = new(smoke.Folder);

    [Fact]
    public void Every_file_of_the_contract_is_there()
    {
        foreach (string file in new[]
        {
            _run.TokenizerJson, _run.TokenizerConfigJson, _run.ConfigJson, _run.GenerationConfigJson, _run.WeightsFile, _run.ExpectedFile, _run.ValidationFile, _run.HeldOutFile,
            _run.MetricsFile, _run.ReportFile, _run.OnnxModel, _run.OnnxData, _run.GenAiConfig, _run.ExportReport, _run.EvalFile,
        })
            Assert.True(new FileInfo(file) is { Exists: true, Length: > 0 }, $"{file} is missing or empty");
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(_run.CheckpointsFolder));
    }

    [Fact]
    public void The_weights_carry_the_published_names_and_shapes()
    {
        ModelConfig config = ModelConfig.Load(_run.ConfigJson);
        using var weights = SafetensorsFile.Open(_run.WeightsFile);
        int n = config.HcMult, c = config.HiddenSize;
        Assert.Equal([(2 + n) * n, n * c], weights.Tensor("model.layers.0.attn_hc.fn").Shape);
        Assert.Equal([(2 + n) * n], weights.Tensor("model.layers.1.ffn_hc.base").Shape);
        Assert.Equal([3L], weights.Tensor("model.layers.1.ffn_hc.scale").Shape);
        Assert.Equal([n, n * c], weights.Tensor("model.hc_head.hc_fn").Shape);
        Assert.Equal([config.VocabSize, c], weights.Tensor("model.embed_tokens.weight").Shape);
        Assert.Equal([c], weights.Tensor("model.layers.0.post_attention_layernorm.weight").Shape);
    }

    [Fact]
    public void Export_measured_its_error_against_the_training_forward_pass()
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(_run.ExportReport));
        double[] errors = [.. Numbers(report.RootElement).Where(n => n.Name.Contains("error", StringComparison.Ordinal)).Select(n => n.Value)];
        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.InRange(error, 0, 1e-3));
        Assert.Contains(errors, error => error > 0);
    }

    [Fact]
    public void Evaluation_counted_held_out_items_of_every_task()
    {
        using JsonDocument eval = JsonDocument.Parse(File.ReadAllText(_run.EvalFile));
        foreach (string task in new[] { "extract", "answer", "classify" })
        {
            JsonElement result = eval.RootElement.GetProperty("tasks").GetProperty(task);
            Assert.True(result.GetProperty("count").GetInt32() > 0);
            Assert.InRange(result.GetProperty("exact_match").GetDouble(), 0, 1);
        }
    }

    private static IEnumerable<(string Name, double Value)> Numbers(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.Number)
                    yield return (property.Name, property.Value.GetDouble());
                foreach (var inner in Numbers(property.Value))
                    yield return inner;
            }
        }
    }
}
