using System.Text.Json.Nodes;
using Xunit;

namespace MhcPipeline.Core.Tests;

/// <summary>config.json as other programs write it: read where it is of a plain Llama, else refused by field.</summary>
public sealed class LlamaFieldsTests : IDisposable
{
    private const string Plain = """
        {
          "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
          "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 300, "max_position_embeddings": 128, "rms_norm_eps": 1e-5,
          "hidden_act": "silu", "attention_bias": false, "mlp_bias": false, "attention_dropout": 0.0, "pretraining_tp": 1, "rope_scaling": null,
          "rope_theta": 500000.0, "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": [2, 7, 9], "use_cache": true,
          "torch_dtype": "bfloat16", "transformers_version": "4.46.0", "_name_or_path": "somewhere"
        }
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_plain_Llama_is_read_with_all_that_ends_a_text()
    {
        ModelConfig config = Load(Plain);

        Assert.True(config.FromElsewhere);
        Assert.Equal(("residual", 1, 16, 500000.0), (config.Connection, config.HcMult, config.HeadDim, config.RopeTheta));
        Assert.Equal((1, 2), (config.BosTokenId, config.EosTokenId));
        Assert.Equal([7, 9], config.MoreEosTokenIds);
    }

    [Theory]
    [InlineData("""{ "rope_scaling": { "rope_type": "default" } }""")]
    [InlineData("""{ "rope_scaling": { "type": "default", "factor": 1.0 } }""")]
    [InlineData("""{ "rope_theta": null, "rope_parameters": { "rope_type": "default", "rope_theta": 500000.0 } }""")]
    [InlineData("""{ "rope_parameters": { "rope_theta": 500000.0, "partial_rotary_factor": 1.0 } }""")]
    [InlineData("""{ "torch_dtype": null, "dtype": "float16", "head_dim": null, "num_key_value_heads": 2 }""")]
    [InlineData("""{ "sliding_window": null, "layer_types": ["full_attention", "full_attention"], "quantization_config": null }""")]
    [InlineData("""{ "bos_token_id": [1], "attention_bias": null }""")]
    public void What_means_a_plain_Llama_in_other_words_is_the_same_model(string fields)
    {
        ModelConfig expected = Load(Plain), config = Load(Plain, fields);

        Assert.Equal(expected with { MoreEosTokenIds = [], TorchDtype = "" }, config with { MoreEosTokenIds = [], TorchDtype = "" });
    }

    [Theory]
    [InlineData("""{ "attention_bias": true }""", "attention_bias is true")]
    [InlineData("""{ "mlp_bias": true }""", "mlp_bias is true")]
    [InlineData("""{ "hidden_act": "gelu" }""", "hidden_act is \"gelu\"")]
    [InlineData("""{ "rope_scaling": { "rope_type": "llama3", "factor": 8.0 } }""", "rope_scaling is of type llama3")]
    [InlineData("""{ "rope_scaling": { "type": "yarn", "factor": 4.0 } }""", "rope_scaling is of type yarn")]
    [InlineData("""{ "rope_parameters": { "rope_type": "linear", "rope_theta": 500000.0 } }""", "rope_parameters is of type linear")]
    [InlineData("""{ "rope_parameters": { "full_attention": { "rope_theta": 500000.0 } } }""", "rope_parameters has full_attention")]
    [InlineData("""{ "rope_parameters": { "rope_theta": 10000.0 } }""", "rope_theta is 500000.0, and rope_parameters.rope_theta is 10000.0")]
    [InlineData("""{ "rope_scaling": "dynamic" }""", "rope_scaling is \"dynamic\"")]
    [InlineData("""{ "partial_rotary_factor": 0.5 }""", "partial_rotary_factor is 0.5")]
    [InlineData("""{ "sliding_window": 4096 }""", "sliding_window is 4096")]
    [InlineData("""{ "layer_types": ["full_attention", "sliding_attention"] }""", "layer_types has \"sliding_attention\"")]
    [InlineData("""{ "quantization_config": { "quant_method": "gptq", "bits": 4 } }""", "quantization_config is {")]
    [InlineData("""{ "auto_map": { "AutoModel": "modeling_other.Other" } }""", "auto_map is")]
    [InlineData("""{ "model_type": "mistral" }""", "model_type is \"mistral\"")]
    [InlineData("""{ "model_type": null }""", "model_type is null")]
    [InlineData("""{ "architectures": ["LlamaForSequenceClassification"] }""", "architectures is [\"LlamaForSequenceClassification\"]")]
    public void What_makes_another_model_is_refused_by_its_field(string fields, string reason) =>
        Assert.Contains(reason, Refusal(fields), StringComparison.Ordinal);

    [Fact]
    public void All_reasons_stand_in_one_message()
    {
        string message = Refusal("""{ "model_type": "qwen2", "attention_bias": true, "sliding_window": 32768, "hidden_act": "relu" }""");

        Assert.All(["model_type", "attention_bias", "sliding_window", "hidden_act"], field => Assert.Contains($"{field} is ", message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_configuration_of_ours_is_held_to_the_same_fields() =>
        Assert.Contains("rope_scaling is of type llama3", Refusal("""{ "hc_connection": "mhc", "model_type": "mhc", "rope_scaling": { "rope_type": "llama3" } }"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("[2, null]")]
    [InlineData("[\"</s>\"]")]
    [InlineData("[2, 300]")]
    public void A_list_of_ends_that_are_no_tokens_is_refused(string ends) => Assert.Contains("config.json", Refusal($$"""{ "eos_token_id": {{ends}} }"""), StringComparison.Ordinal);

    [Fact]
    public void A_field_that_stands_twice_is_refused()
    {
        File.WriteAllText(_folder.File("config.json"), Plain.Replace("\"use_cache\": true", "\"model_type\": \"llama\""));
        Assert.Contains("model_type", Assert.Throws<PipelineException>(() => ModelConfig.Load(_folder.File("config.json"))).Message, StringComparison.Ordinal);
    }

    private string Refusal(string fields) => Assert.Throws<PipelineException>(() => Load(Plain, fields)).Message;

    private ModelConfig Load(string plain, string fields = "{}")
    {
        JsonObject json = JsonNode.Parse(plain)!.AsObject();
        foreach ((string field, JsonNode? value) in JsonNode.Parse(fields)!.AsObject())
            json[field] = value?.DeepClone();
        File.WriteAllText(_folder.File("config.json"), json.ToJsonString());
        return ModelConfig.Load(_folder.File("config.json"));
    }
}
