using System.Text.Json;
using System.Text.Json.Nodes;
using MhcPipeline.Core;
using MhcPipeline.Tokenization;

namespace MhcPipeline.Export.Output;

/// <summary>genai_config.json, with which onnxruntime-genai runs the exported folder as a model of type "decoder".</summary>
internal static class GenAiConfigFile
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="tokenizer">The run's tokenizer: its special tokens end texts and turns.</param>
    public static void Write(string path, ModelConfig config, TextTokenizer tokenizer)
    {
        int[] ends = [.. new int?[] { config.EosTokenId, tokenizer.EndOfTextId, tokenizer.SupportsChat ? tokenizer.ImEndId : null }.OfType<int>().Concat(config.MoreEosTokenIds).Distinct()];
        var decoder = new JsonObject
        {
            ["session_options"] = new JsonObject { ["log_id"] = "onnxruntime-genai", ["provider_options"] = new JsonArray() },
            ["filename"] = "model.onnx",
            ["head_size"] = config.HeadDim,
            ["hidden_size"] = config.HiddenSize,
            ["inputs"] = new JsonObject
            {
                ["input_ids"] = "input_ids",
                ["attention_mask"] = "attention_mask",
                ["past_key_names"] = "past_key_values.%d.key",
                ["past_value_names"] = "past_key_values.%d.value",
            },
            ["outputs"] = new JsonObject
            {
                ["logits"] = "logits",
                ["present_key_names"] = "present.%d.key",
                ["present_value_names"] = "present.%d.value",
            },
            ["num_attention_heads"] = config.NumAttentionHeads,
            ["num_hidden_layers"] = config.NumHiddenLayers,
            ["num_key_value_heads"] = config.NumKeyValueHeads,
        };
        var json = new JsonObject
        {
            ["model"] = new JsonObject
            {
                ["bos_token_id"] = config.BosTokenId ?? tokenizer.EndOfTextId,
                ["context_length"] = config.MaxPositionEmbeddings,
                ["decoder"] = decoder,
                ["eos_token_id"] = new JsonArray([.. ends.Select(id => (JsonNode)id)]),
                ["pad_token_id"] = tokenizer.EndOfTextId,
                ["type"] = "decoder",
                ["vocab_size"] = config.VocabSize,
            },
            ["search"] = new JsonObject
            {
                ["diversity_penalty"] = 0.0,
                ["do_sample"] = false,
                ["early_stopping"] = true,
                ["length_penalty"] = 1.0,
                ["max_length"] = config.MaxPositionEmbeddings,
                ["min_length"] = 0,
                ["no_repeat_ngram_size"] = 0,
                ["num_beams"] = 1,
                ["num_return_sequences"] = 1,
                ["past_present_share_buffer"] = true,
                ["repetition_penalty"] = 1.0,
                ["temperature"] = 1.0,
                ["top_k"] = 1,
                ["top_p"] = 1.0,
            },
        };
        AtomicFile.WriteAllText(path, json.ToJsonString(_indented) + "\n");
    }
}
