using System.Text.Json.Nodes;
using MhcPipeline.Fixtures;
using Xunit;

namespace MhcPipeline.Core.Tests;

public sealed class ModelConfigTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model_mhc_tiny", "mhc", "mhc")]
    [InlineData("model_residual_tiny", "residual", "llama")]
    public void A_reference_configuration_survives_reading_and_writing(string name, string connection, string modelType)
    {
        ModelConfig config = ModelConfig.Load(Path.Combine(RepositoryFiles.Case(name), "config.json"));
        Assert.Equal(connection, config.Connection);
        Assert.Equal(16, config.HeadDim);

        config.Save(_folder.File("config.json"));
        ModelConfig again = ModelConfig.Load(_folder.File("config.json"));
        Assert.Equal(config with { }, again);
        var json = JsonNode.Parse(File.ReadAllText(_folder.File("config.json")))!;
        Assert.Equal(modelType, (string?)json["model_type"]);
        Assert.Equal(connection, (string?)json["hc_connection"]);
        Assert.Equal(2, (int)json["num_key_value_heads"]!);
    }

    [Fact]
    public void A_plain_Llama_configuration_is_a_residual_model()
    {
        ModelConfig config = LoadEdited(json =>
        {
            foreach (string field in new[] { "hc_connection", "hc_mult", "hc_sinkhorn_iters", "hc_eps", "num_key_value_heads" })
                json.Remove(field);
            json["eos_token_id"] = new JsonArray(2, 3);
            json["model_type"] = "llama";
        });
        Assert.Equal(("residual", 1, 4, 2), (config.Connection, config.HcMult, config.NumKeyValueHeads, config.EosTokenId));
    }

    [Theory]
    [InlineData("hc_mult", 0)]
    [InlineData("hc_mult", 9)]
    [InlineData("hc_sinkhorn_iters", 0)]
    [InlineData("hc_eps", -1)]
    [InlineData("hidden_size", -64)]
    [InlineData("num_attention_heads", 5)]
    [InlineData("num_key_value_heads", 3)]
    [InlineData("vocab_size", 0)]
    [InlineData("rope_theta", 0)]
    [InlineData("head_dim", 7)]
    [InlineData("bos_token_id", 96)]
    [InlineData("max_position_embeddings", 0)]
    public void A_value_out_of_range_is_named_with_its_field(string field, int value)
    {
        var error = Assert.Throws<PipelineException>(() => LoadEdited(json => json[field] = value));
        Assert.Contains($"{field} is {value}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_streams_than_mhc_lite_has_permutations_for_are_refused()
    {
        var error = Assert.Throws<PipelineException>(() => LoadEdited(json => (json["hc_connection"], json["hc_mult"]) = ("mhc_lite", 5)));
        Assert.Contains("hc_mult is 5; it must be from 1 to 4 with connection mhc_lite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_field_is_named()
    {
        var error = Assert.Throws<PipelineException>(() => LoadEdited(json => json.Remove("hidden_size")));
        Assert.Contains("hidden_size", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"hidden_size": "wide"}""")]
    public void What_is_not_a_configuration_is_a_clear_error(string text)
    {
        File.WriteAllText(_folder.File("config.json"), text);
        var error = Assert.Throws<PipelineException>(() => ModelConfig.Load(_folder.File("config.json")));
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Fields =>
    [
        "hc_connection", "hc_mult", "hc_sinkhorn_iters", "hc_eps", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "head_dim",
        "rms_norm_eps", "rope_theta", "max_position_embeddings", "vocab_size", "tie_word_embeddings", "hidden_act", "torch_dtype", "bos_token_id", "eos_token_id",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Every_field_refuses_what_is_of_another_kind_with_its_name_and_value(string field)
    {
        bool isText = field is "hc_connection" or "hidden_act" or "torch_dtype", mayBeNull = field is "head_dim" or "bos_token_id" or "eos_token_id";
        string[] wrong = [.. mayBeNull ? Array.Empty<string>() : ["null"], .. isText ? new[] { "7", "true", "1e400" } : ["\"many\"", "\"7\"", "1e400", "-1e400"], "[]", "{}"];
        foreach (string value in wrong)
        {
            var error = Assert.Throws<PipelineException>(() => LoadEdited(json => json[field] = JsonNode.Parse(value)));
            Assert.Contains($"edited.json: {field} is {value}; it must be ", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[null]")]
    [InlineData("[\"x\", 2]")]
    [InlineData("[[1]]")]
    public void A_list_of_ends_begins_with_a_token(string ends)
    {
        Action<JsonObject> edit = json => json["eos_token_id"] = JsonNode.Parse(ends);
        if (ends == "[null]")
            Assert.Null(LoadEdited(edit).EosTokenId);
        else
            Assert.Contains("eos_token_id is ", Assert.Throws<PipelineException>(() => LoadEdited(edit)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_type_of_any_kind_is_no_stack_trace()
    {
        foreach (string type in new[] { "null", "7", "[]", "{}" })
        {
            var error = Record.Exception(() => LoadEdited(json => json["model_type"] = JsonNode.Parse(type)));
            Assert.True(error is null or PipelineException, $"{error}");
        }
    }

    private ModelConfig LoadEdited(Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Case("model_mhc_tiny"), "config.json")))!.AsObject();
        edit(json);
        File.WriteAllText(_folder.File("edited.json"), json.ToJsonString());
        return ModelConfig.Load(_folder.File("edited.json"));
    }
}
