using System.Text.Json;
using System.Text.Json.Nodes;

namespace MhcPipeline.Core;

/// <summary>
/// What a config.json may say of a Llama beyond the fields of <see cref="ModelConfig"/>, as other programs write it: what means a plain Llama is put
/// where older versions of Hugging Face's library have it; what would make another model is refused.
/// </summary>
internal static class LlamaFields
{
    // Of these only null, or what means the same as null, is a plain Llama.
    private static readonly string[] _foreign =
    [
        "quantization_config", "sliding_window", "auto_map", "attn_logit_softcapping", "final_logit_softcapping", "num_local_experts", "num_experts",
        "n_routed_experts", "clip_qkv", "qk_layernorm", "use_qk_norm", "no_rope_layers", "embedding_multiplier", "residual_multiplier", "attention_multiplier",
        "logits_scaling", "scale_emb", "scale_depth", "query_pre_attn_scalar",
    ];

    /// <summary>Makes the object one that <see cref="ModelConfig"/> reads.</summary>
    /// <param name="json">The file's object, which is changed.</param>
    /// <param name="elsewhere">True when another program wrote it: it must call itself a Llama.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="PipelineException">It is not a plain Llama: every field that is to blame is named.</exception>
    public static void Normalise(JsonObject json, bool elsewhere, string path)
    {
        var problems = new List<string>();
        CheckKind(json, elsewhere, problems);
        CheckRotary(json, problems);
        if (json["num_attention_heads"] is { } heads && (elsewhere ? json["num_key_value_heads"] is null : !json.ContainsKey("num_key_value_heads")))
            json["num_key_value_heads"] = heads.DeepClone();
        foreach (string bias in new[] { "attention_bias", "mlp_bias" })
        {
            if (!Means(json[bias], false))
                problems.Add($"{bias} is {Shown(json[bias])}; only models without biases can be exported");
        }
        if (elsewhere && json["hidden_act"] is { } activation && Text(activation) is not "silu")
            problems.Add($"hidden_act is {Shown(activation)}; only silu is computed");
        foreach (string field in _foreign)
        {
            if (!Means(json[field], false))
                problems.Add($"{field} is {Shown(json[field])}; a plain Llama has none");
        }
        if (json["layer_types"] is JsonArray layers && layers.Any(layer => Text(layer) != "full_attention"))
            problems.Add($"layer_types has {string.Join(", ", layers.Where(layer => Text(layer) != "full_attention").Select(Shown).Distinct())}; only full_attention is computed");
        if (problems.Count > 0)
            throw new PipelineException($"{path} is not the configuration of a plain Llama{(elsewhere ? "" : " with other connections")}:{string.Concat(problems.Select(problem => $"\n  {problem}"))}");

        if (!elsewhere)
            return;
        foreach (string field in new[] { "rms_norm_eps", "rope_theta", "hidden_act", "tie_word_embeddings", "torch_dtype" }.Where(field => json[field] is null))
            json.Remove(field); // there null is the default
        if (json["dtype"] is { } type)
            json["torch_dtype"] = type.DeepClone();
    }

    private static void CheckKind(JsonObject json, bool elsewhere, List<string> problems)
    {
        if (elsewhere ? Text(json["model_type"]) != "llama" : json["model_type"] is { } type && Text(type) is not ("llama" or "mhc"))
            problems.Add($"model_type is {Shown(json["model_type"])}; only {(elsewhere ? "llama" : "mhc and llama")} can be exported");
        if (json["architectures"] is JsonArray { Count: > 0 } architectures && !architectures.Any(name => Text(name) is "LlamaForCausalLM" or "MhcForCausalLM"))
            problems.Add($"architectures is {Shown(architectures)}; only LlamaForCausalLM can be exported");
    }

    // rope_scaling of older versions, rope_parameters of newer ones, which hold rope_theta too.
    private static void CheckRotary(JsonObject json, List<string> problems)
    {
        foreach (string field in new[] { "rope_scaling", "rope_parameters" })
        {
            if (json[field] is null)
                continue;
            if (json[field] is not JsonObject rotary)
            {
                problems.Add($"{field} is {Shown(json[field])}, where an object or null is needed");
                continue;
            }
            string? type = Text(rotary["rope_type"]) ?? Text(rotary["type"]);
            if (type is not null and not "default")
                problems.Add($"{field} is of type {type}; only positions without scaling (null or default) are computed");
            else if (rotary.Where(entry => entry.Key is not ("rope_type" or "type" or "rope_theta" or "partial_rotary_factor") && !IsNeutralFactor(entry)).Select(entry => entry.Key).ToArray() is { Length: > 0 } others)
                problems.Add($"{field} has {string.Join(", ", others)}; only rope_theta is computed");
            CheckPartial(rotary["partial_rotary_factor"], $"{field}.partial_rotary_factor", problems);
            if (rotary["rope_theta"] is not { } theta)
                continue;
            if (json["rope_theta"] is { } other && !JsonNode.DeepEquals(other, theta))
                problems.Add($"rope_theta is {Shown(other)}, and {field}.rope_theta is {Shown(theta)}");
            json["rope_theta"] = theta.DeepClone();
        }
        CheckPartial(json["partial_rotary_factor"], "partial_rotary_factor", problems);
    }

    private static bool IsNeutralFactor(KeyValuePair<string, JsonNode?> entry) => entry.Value is null || (entry.Key is "factor" or "attention_factor" && Means(entry.Value, 1));

    private static void CheckPartial(JsonNode? factor, string field, List<string> problems)
    {
        if (factor is not null && !Means(factor, 1))
            problems.Add($"{field} is {Shown(factor)}; only heads that are turned whole are computed");
    }

    private static bool Means(JsonNode? node, bool value) => node is null || (node.GetValueKind() is JsonValueKind.True or JsonValueKind.False && node.GetValue<bool>() == value);

    private static bool Means(JsonNode node, double value) => node.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue(out double number) && number == value;

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static string Shown(JsonNode? node)
    {
        string text = node?.ToJsonString() ?? "null";
        return text.Length > 80 ? text[..80] + "…" : text;
    }
}
