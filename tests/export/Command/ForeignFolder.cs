using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;
using MhcPipeline.Export.Tests.Model;
using MhcPipeline.Tokenization.Files;
using MhcPipeline.Tokenization.Training;

namespace MhcPipeline.Export.Tests.Command;

/// <summary>A small Llama with random weights in a folder as Hugging Face's library writes it: nothing in it is of this pipeline's training.</summary>
internal sealed class ForeignFolder : IDisposable
{
    private readonly ScratchFolder _folder = new();

    /// <param name="type">In which type weights are stored: F32, F16 or BF16.</param>
    /// <param name="shards">In how many files.</param>
    /// <param name="tied">Whether the output matrix is the embedding.</param>
    public ForeignFolder(TensorType type = TensorType.F32, int shards = 1, bool tied = false)
    {
        ModelConfig config = RandomCheckpoint.Config("residual") with { TieWordEmbeddings = tied };
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"),
            ["attention_bias"] = false,
            ["bos_token_id"] = 256,
            ["dtype"] = "bfloat16",
            ["eos_token_id"] = new JsonArray(256, 258),
            ["head_dim"] = config.HeadDim,
            ["hidden_act"] = "silu",
            ["hidden_size"] = config.HiddenSize,
            ["intermediate_size"] = config.IntermediateSize,
            ["max_position_embeddings"] = config.MaxPositionEmbeddings,
            ["mlp_bias"] = false,
            ["model_type"] = "llama",
            ["num_attention_heads"] = config.NumAttentionHeads,
            ["num_hidden_layers"] = config.NumHiddenLayers,
            ["num_key_value_heads"] = config.NumKeyValueHeads,
            ["rms_norm_eps"] = 1e-5,
            ["rope_parameters"] = new JsonObject { ["rope_theta"] = 50000.0, ["rope_type"] = "default" },
            ["tie_word_embeddings"] = tied,
            ["vocab_size"] = config.VocabSize,
        };
        File.WriteAllText(Run.ConfigJson, json.ToJsonString());
        TokenizerJsonWriter.Write(Run.TokenizerJson, BpeTrainer.ByteTokens());
        WriteWeights(config, type, shards);
    }

    public RunFolder Run => new(_folder.Path);

    public string In(string file) => _folder.In(file);

    /// <summary>Changes one field of config.json.</summary>
    public void Set(string field, JsonNode? value)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(Run.ConfigJson))!.AsObject();
        json[field] = value;
        File.WriteAllText(Run.ConfigJson, json.ToJsonString());
    }

    public void Dispose() => _folder.Dispose();

    private void WriteWeights(ModelConfig config, TensorType type, int shards)
    {
        var map = new JsonObject();
        SafetensorsWriter[] files = [.. Enumerable.Range(0, shards).Select(_ => new SafetensorsWriter())];
        int count = 0;
        RandomCheckpoint.Save(In("unused.safetensors"), config, add: (_, spec, values) =>
        {
            int file = count++ % shards;
            files[file].Add(spec.Name, type, spec.Shape, Bytes(values, type));
            map[spec.Name] = Shard(file);
        });
        File.Delete(In("unused.safetensors"));
        if (shards == 1)
        {
            files[0].Save(Run.WeightsFile);
            return;
        }
        for (int i = 0; i < shards; i++)
            files[i].Save(In(Shard(i)));
        File.WriteAllText(Run.WeightsIndex, new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }.ToJsonString());

        string Shard(int file) => $"model-{file + 1:00000}-of-{shards:00000}.safetensors";
    }

    private static byte[] Bytes(float[] values, TensorType type) => type switch
    {
        TensorType.F32 => MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
        TensorType.F16 => MemoryMarshal.AsBytes(values.Select(value => (Half)value).ToArray().AsSpan()).ToArray(),
        _ => [.. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))],
    };
}
