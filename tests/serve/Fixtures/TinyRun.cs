using System.Text.Json;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export;
using MhcPipeline.Tokenization.Files;

namespace MhcPipeline.Serve.Tests.Fixtures;

/// <summary>A run folder with a small mHC model of random weights, exported for real, and a byte tokenizer.</summary>
internal static class TinyRun
{
    public static ModelConfig Config { get; } = new()
    {
        HiddenSize = 32,
        IntermediateSize = 64,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        MaxPositionEmbeddings = 128,
        VocabSize = 264, // five more than the tokenizer has
    };

    public static void Write(string folder) => Write(folder, Config);

    public static void Write(string folder, ModelConfig config, ExportOptions? options = null)
    {
        var run = new RunFolder(folder);
        config.Save(run.ConfigJson);
        WriteTokenizer(run.TokenizerJson, ByteTokenizer.Definition);
        WriteWeights(run.WeightsFile, config);
        using var weights = SafetensorsFile.Open(run.WeightsFile);
        OnnxExporter.Export(config, weights, run.OnnxFolder, options: options);
    }

    private static void WriteTokenizer(string path, TokenizerDefinition definition) => File.WriteAllText(path, JsonSerializer.Serialize(new
    {
        version = "1.0",
        added_tokens = definition.AddedTokens.Select(token => new { id = token.Id, content = token.Content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
        pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
        decoder = new { type = "ByteLevel" },
        model = new { type = "BPE", vocab = definition.Vocabulary, merges = definition.Merges },
    }));

    private static void WriteWeights(string path, ModelConfig config)
    {
        var random = new Random(7);
        var writer = new SafetensorsWriter();
        int hidden = config.HiddenSize, streams = config.HcMult, maps = (2 + streams) * streams, keys = config.NumKeyValueHeads * config.HeadDim;
        Add("model.embed_tokens.weight", 1, config.VocabSize, hidden);
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = $"model.layers.{i}.";
            Add(layer + "input_layernorm.weight", 1, hidden);
            Add(layer + "self_attn.q_proj.weight", 0.3, hidden, hidden);
            Add(layer + "self_attn.k_proj.weight", 0.3, keys, hidden);
            Add(layer + "self_attn.v_proj.weight", 0.3, keys, hidden);
            Add(layer + "self_attn.o_proj.weight", 0.3, hidden, hidden);
            Add(layer + "post_attention_layernorm.weight", 1, hidden);
            Add(layer + "mlp.gate_proj.weight", 0.3, config.IntermediateSize, hidden);
            Add(layer + "mlp.up_proj.weight", 0.3, config.IntermediateSize, hidden);
            Add(layer + "mlp.down_proj.weight", 0.3, hidden, config.IntermediateSize);
            foreach (string site in config.Connection == "residual" ? [] : new[] { "attn_hc.", "ffn_hc." })
            {
                Add(layer + site + "fn", 0.1, maps, streams * hidden);
                Add(layer + site + "base", 1, maps);
                Add(layer + site + "scale", 0.5, 3);
            }
        }
        if (config.Connection != "residual")
        {
            Add("model.hc_head.hc_fn", 0.1, streams, streams * hidden);
            Add("model.hc_head.hc_base", 1, streams);
            Add("model.hc_head.hc_scale", 0.5, 1);
        }
        Add("model.norm.weight", 1, hidden);
        Add("lm_head.weight", 0.3, config.VocabSize, hidden);
        writer.Save(path);

        void Add(string name, double scale, params long[] shape)
        {
            float[] data = [.. Enumerable.Range(0, (int)shape.Aggregate((product, size) => product * size)).Select(_ => (float)(scale * ((2 * random.NextDouble()) - 1)))];
            writer.Add(name, shape, data);
        }
    }
}
