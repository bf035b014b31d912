using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Engine;
using MhcPipeline.Engine.Contract;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Command;
using MhcPipeline.Export.Output;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Export.Tests.Reference;
using MhcPipeline.Export.Verification;
using Spectre.Console;
using Xunit;

namespace MhcPipeline.Export.Tests.Command;

/// <summary>Llama checkpoints of other programs are exported where they are plain, and refused without advice that would destroy them.</summary>
public sealed class ForeignCheckpointTests : IDisposable
{
    private const double Limit = 1e-4;

    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData(TensorType.F32, 1, false)]
    [InlineData(TensorType.BF16, 1, true)]
    [InlineData(TensorType.F16, 3, false)]
    [InlineData(TensorType.BF16, 2, false)]
    public async Task It_gives_the_reference_models_logits_and_runs_in_the_engine(TensorType type, int shards, bool tied)
    {
        using var folder = new ForeignFolder(type, shards, tied);

        Export(folder);

        ModelConfig config = ModelConfig.Load(folder.Run.ConfigJson);
        using ITensorSource weights = StoredWeights.Open(folder.Run, config);
        Assert.Equal(type, weights.Tensor(DecoderTensors.Embedding).Type);
        long[] ids = RandomCheckpoint.Ids(config, 11);
        double[] expected = new ReferenceModel(config, weights).Logits(ids);
        using (var runner = OnnxModelRunner.Load(folder.Run.OnnxModel))
            Assert.InRange(runner.Prefill(ids, 1).Zip(expected, (a, b) => Math.Abs(a - b)).Max(), 0, Limit);
        await using InferenceEngine engine = InferenceEngine.Load(folder.Run.Path);
        int tokens = 0;
        await foreach (GenerationChunk chunk in engine.GenerateAsync(new GenerationRequest { Prompt = engine.Tokenizer.Encode("abc"), MaxTokens = 5 }))
            tokens += chunk.TokenId is null ? 0 : 1;
        Assert.InRange(tokens, 1, 5);
    }

    [Fact]
    public void Verification_says_that_it_has_no_training_side_and_compares_the_ways_to_run_the_model()
    {
        using var folder = new ForeignFolder();

        Export(folder);

        Assert.Contains("no training side to compare with", _output.ToString(), StringComparison.Ordinal);
        using var report = JsonDocument.Parse(File.ReadAllBytes(folder.Run.ExportReport));
        JsonElement verification = report.RootElement.GetProperty("verification");
        Assert.Contains("nothing of the training side", verification.GetProperty("against").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, verification.GetProperty("prefill_max_abs_error").ValueKind);
        Assert.InRange(verification.GetProperty("decode_max_abs_error").GetDouble(), 0, 1e-4);
        Assert.InRange(verification.GetProperty("max_abs_logit").GetDouble(), 0.1, 1000);
    }

    [Fact]
    public void Weights_that_are_no_numbers_fail_the_verification_and_leave_nothing()
    {
        using var folder = new ForeignFolder();
        RandomCheckpoint.Save(folder.Run.WeightsFile, ModelConfig.Load(folder.Run.ConfigJson), add: (writer, spec, values) =>
        {
            if (spec.Name == DecoderTensors.FinalNorm)
                values[3] = float.NaN;
            writer.Add(spec.Name, spec.Shape, values);
        });

        Assert.Contains("no numbers", Refusal(folder), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Run.OnnxFolder));
    }

    [Fact]
    public void All_that_ends_a_text_is_told_to_genai()
    {
        using var folder = new ForeignFolder();
        folder.Set("eos_token_id", new System.Text.Json.Nodes.JsonArray(10, 256));

        Export(folder);

        using var json = JsonDocument.Parse(File.ReadAllBytes(folder.Run.GenAiConfig));
        Assert.Equal([10, 256, 258], json.RootElement.GetProperty("model").GetProperty("eos_token_id").EnumerateArray().Select(id => id.GetInt32()).Order());
    }

    [Theory]
    [InlineData("config.json", "has weights but no config.json")]
    [InlineData("model.safetensors", "has no weights")]
    [InlineData("tokenizer.json", "has no tokenizer.json")]
    public void A_missing_file_is_named_without_advice_to_train(string file, string reason)
    {
        using var folder = new ForeignFolder();
        File.Delete(folder.In(file));

        AssertRefusedUntouched(folder, reason);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "pytorch_model.bin but no model.safetensors: files of Python's pickle are not read")]
    [InlineData("consolidated.00.pth", "consolidated.00.pth but no model.safetensors")]
    [InlineData("llama-Q4_K_M.gguf", "GGUF is not read")]
    [InlineData("model-00001-of-00002.safetensors", "no model.safetensors.index.json")]
    public void Weights_of_a_kind_that_is_not_read_are_named(string file, string reason)
    {
        using var folder = new ForeignFolder();
        File.Move(folder.Run.WeightsFile, folder.In(file));

        AssertRefusedUntouched(folder, reason);
    }

    [Fact]
    public void A_tokenizer_that_cannot_be_read_is_refused_by_what_it_is()
    {
        using var folder = new ForeignFolder();
        File.WriteAllText(folder.Run.TokenizerJson, """{ "model": { "type": "Unigram", "vocab": [] }, "pre_tokenizer": null }""");

        AssertRefusedUntouched(folder, "model.type is \"Unigram\"");
    }

    [Fact]
    public void A_configuration_that_is_not_a_plain_Llamas_is_refused_by_field()
    {
        using var folder = new ForeignFolder();
        folder.Set("attention_bias", true);
        folder.Set("sliding_window", 16);

        AssertRefusedUntouched(folder, "attention_bias is true", "sliding_window is 16");
    }

    [Fact]
    public void Tensors_that_do_not_fit_the_configuration_are_named()
    {
        using var folder = new ForeignFolder(shards: 2);
        folder.Set("num_hidden_layers", 1);
        folder.Set("intermediate_size", 41);

        AssertRefusedUntouched(folder, "model.layers.1.mlp.up_proj.weight belongs to no part", "model.layers.0.mlp.up_proj.weight is [40, 32], expected [41, 32]");
    }

    [Fact]
    public async Task Precisions_are_not_compared_without_what_training_records()
    {
        using var folder = new ForeignFolder();
        Export(folder);

        string message = (await Assert.ThrowsAsync<PipelineException>(() => new PrecisionComparison(folder.Run, Display()).RunAsync(Graph.ExportMode.Standard, 0, default))).Message;

        Assert.Contains("comes from elsewhere", message, StringComparison.Ordinal);
    }

    private void AssertRefusedUntouched(ForeignFolder folder, params ReadOnlySpan<string> reasons)
    {
        string[] before = Directory.GetFileSystemEntries(folder.Run.Path);

        string message = Refusal(folder);

        foreach (string reason in reasons)
            Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain("run `make", message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(folder.Run.Path));
    }

    private string Refusal(ForeignFolder folder) => Assert.Throws<PipelineException>(() => Export(folder)).Message;

    private void Export(ForeignFolder folder) => new RunExport(folder.Run, Display()).Export(new ExportOptions());

    private StepDisplay Display() => new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_output) }), interactive: false);
}
