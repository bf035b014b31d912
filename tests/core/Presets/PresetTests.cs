using System.Text.Json;
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
        Assert.Contains($"head_dim is {headDim}; it must be a multiple of 8 (hidden_size is {width}, num_attention_heads {heads})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_field_is_an_error() =>
        Assert.Contains("lerning_rate", Assert.Throws<PipelineException>(() => LoadEdited(json => json["training"]!["lerning_rate"] = 1)).Message, StringComparison.Ordinal);

    /// <summary>All fields: those of the default preset as it is written out, and what it leaves out.</summary>
    private static JsonObject Complete()
    {
        JsonObject json = JsonNode.Parse(Preset.Load("default").ToJson())!.AsObject();
        (json["description"], json["training"]!["minutes"], json["model"]!["num_key_value_heads"]) = ("mine", 5.0, 2);
        return json;
    }

    public static TheoryData<string> Fields => [.. Complete().SelectMany(entry => entry.Value is JsonObject inner ? inner.Select(one => $"{entry.Key}.{one.Key}").Prepend(entry.Key) : [entry.Key])];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Every_field_refuses_what_is_of_another_kind_or_far_out_of_range_with_its_name_and_value(string field)
    {
        string[] path = field.Split('.');
        JsonNode was = path.Aggregate((JsonNode)Complete(), (node, name) => node[name]!);
        bool isText = was.GetValueKind() == JsonValueKind.String, isTruth = was.GetValueKind() is JsonValueKind.True or JsonValueKind.False;
        bool isReal = new[] { typeof(TrainingSettings), typeof(DataSettings), typeof(ModelSettings) }.SelectMany(type => type.GetProperties())
            .Any(one => (one.PropertyType == typeof(double) || one.PropertyType == typeof(double?)) && JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Name) == path[^1]);
        bool mayBeNull = field is "description" or "data.corpus" or "training.minutes" or "model.num_key_value_heads";
        string[] wrong =
        [
            .. mayBeNull ? Array.Empty<string>() : ["null"],
            .. isText ? new[] { "5", "1e400" } : ["\"many\"", "\"\"", "\"NaN\"", "\"5\""],
            .. isTruth || isText ? Array.Empty<string>() : ["-3", "1e400", "-1e400", "1e300", "-99999999999999999999"],
            .. isTruth ? new[] { "0", "1" } : ["true"],
            "[]", "[1, 2]", .. was is JsonObject ? Array.Empty<string>() : ["{}", "{\"a\": 1}"],
        ];
        foreach (string value in wrong)
        {
            var error = Assert.Throws<PipelineException>(() => LoadEdited(json => path[..^1].Aggregate((JsonNode)json, (node, name) => node[name]!)[path[^1]] = JsonNode.Parse(value)));
            Assert.Contains($"mine.json: {field} is {(value.StartsWith('[') || value.StartsWith('{') ? value[..1] : isReal && value == "1e300" ? "1E+300" : isReal && value.Length > 10 ? "-1E+20" : value)}", error.Message, StringComparison.Ordinal);
            Assert.Contains("it must be ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("training.steps", "1.5", "a whole number, at least 1")]
    [InlineData("training.gradient_clip", "1e400", "a number, from 0 (off) to 1e9")]
    [InlineData("training.minutes", "5256001", "above 0, at most 5256000 (ten years)")]
    [InlineData("model.connection", "null", "a text, the name of a connection, such as mhc or residual")]
    [InlineData("model.hidden_size", "99999999999", "a whole number, from 1 to 1048576")]
    [InlineData("model.tie_word_embeddings", "1", "true or false")]
    [InlineData("model", "null", "an object with connection, hc_mult, ")]
    public void A_wrong_kind_is_refused_with_the_range_that_the_right_kind_has(string field, string value, string range)
    {
        string[] path = field.Split('.');
        var error = Assert.Throws<PipelineException>(() => LoadEdited(json => path[..^1].Aggregate((JsonNode)json, (node, name) => node[name]!)[path[^1]] = JsonNode.Parse(value)));
        Assert.Contains($"{field} is {value}; it must be {range}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training", "steps")]
    [InlineData("model", "hidden_size")]
    public void A_field_that_has_to_stand_and_does_not_is_missing(string section, string field) =>
        Assert.Contains($"{section}.{field} is missing; it must be a whole number", Assert.Throws<PipelineException>(() => LoadEdited(json => json[section]!.AsObject().Remove(field))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"default\"")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"training": {"steps": 1, "steps": 2}}""")]
    public void A_file_that_is_no_object_is_refused_with_its_name(string text)
    {
        File.WriteAllText(_folder.File("mine.json"), text);
        Assert.Contains("mine.json", Assert.Throws<PipelineException>(() => Preset.Load(_folder.File("mine.json"))).Message, StringComparison.Ordinal);
    }

    private Preset LoadEdited(Action<JsonObject> edit)
    {
        var json = Complete();
        edit(json);
        File.WriteAllText(_folder.File("mine.json"), json.ToJsonString());
        return Preset.Load(_folder.File("mine.json"));
    }
}
