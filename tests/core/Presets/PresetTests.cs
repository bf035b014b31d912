using System.Text.Json.Nodes;
using MhcPipeline.Core.Presets;
using Xunit;

namespace MhcPipeline.Core.Tests.Presets;

public sealed class PresetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("default")]
    [InlineData("smoke")]
    [InlineData("shakespeare-char")]
    public void Every_shipped_preset_is_valid(string name) => Assert.Equal(name, Preset.Load(name).Name);

    [Fact]
    public void Shakespeare_is_the_published_setting()
    {
        Preset preset = Preset.Load("shakespeare-char");
        Assert.Equal(("char", 4, 128, 64, 12, 2000),
            (preset.Tokenizer.Kind, preset.Model.NumHiddenLayers, preset.Model.HiddenSize, preset.Training.BlockSize, preset.Training.BatchSize, preset.Training.Steps));
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones() =>
        Assert.Contains("smoke", Assert.Throws<PipelineException>(() => Preset.Load("smoek")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("training", "steps", 0)]
    [InlineData("training", "block_size", 100000)]
    [InlineData("training", "beta2", 1)]
    [InlineData("tokenizer", "vocab_size", 10)]
    [InlineData("data", "validation_fraction", 1)]
    [InlineData("model", "hidden_size", 63)]
    public void A_value_out_of_range_is_named_with_its_field(string section, string field, int value)
    {
        var error = Assert.Throws<PipelineException>(() => LoadEdited(json => json[section]![field] = value));
        Assert.Contains(field == "hidden_size" ? "num_attention_heads" : field, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(24, 2, 12)]
    [InlineData(64, 16, 4)]
    [InlineData(60, 6, 10)]
    public void Heads_that_export_cannot_take_are_refused_before_training(int width, int heads, int headDim)
    {
        var error = Assert.Throws<PipelineException>(() => LoadEdited(json => (json["model"]!["hidden_size"], json["model"]!["num_attention_heads"]) = (width, heads)));
        Assert.Contains($"head_dim is {headDim} (hidden_size {width}, num_attention_heads {heads})", error.Message, StringComparison.Ordinal);
        Assert.Contains("a multiple of 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_field_is_an_error() =>
        Assert.Contains("lerning_rate", Assert.Throws<PipelineException>(() => LoadEdited(json => json["training"]!["lerning_rate"] = 1)).Message, StringComparison.Ordinal);

    private Preset LoadEdited(Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "presets", "smoke.json")))!.AsObject();
        edit(json);
        File.WriteAllText(_folder.File("mine.json"), json.ToJsonString());
        return Preset.Load(_folder.File("mine.json"));
    }
}
