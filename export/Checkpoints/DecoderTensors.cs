using MhcPipeline.Core;

namespace MhcPipeline.Export.Checkpoints;

/// <summary>Names and shapes of the Llama part of a checkpoint, as Hugging Face spells them. Connections add their own.</summary>
internal static class DecoderTensors
{
    /// <summary>The embedding, [V, C].</summary>
    public const string Embedding = "model.embed_tokens.weight";

    /// <summary>Weight of the last norm, [C].</summary>
    public const string FinalNorm = "model.norm.weight";

    /// <summary>The output matrix, [V, C]; a model with tied embeddings has none.</summary>
    public const string Head = "lm_head.weight";

    /// <summary>Start of the names of one layer's tensors.</summary>
    public static string Layer(int layer) => $"model.layers.{layer}";

    /// <summary>Start of the names of every site's tensors, in the order in which tokens pass them.</summary>
    public static IEnumerable<string> Sites(ModelConfig config) =>
        Enumerable.Range(0, config.NumHiddenLayers).SelectMany(i => new[] { $"{Layer(i)}.attn_hc", $"{Layer(i)}.ffn_hc" });

    /// <summary>What the nodes of a site are named after: layers.0/attn_hc for model.layers.0.attn_hc.</summary>
    public static string Scope(string site) => $"{site["model.".Length..site.LastIndexOf('.')]}/{site[(site.LastIndexOf('.') + 1)..]}";

    /// <summary>The tensor that the logits are computed with.</summary>
    public static string OutputMatrix(ModelConfig config) => config.TieWordEmbeddings ? Embedding : Head;

    /// <summary>Every tensor of the decoder without its connections.</summary>
    public static IEnumerable<TensorSpec> All(ModelConfig config)
    {
        int hidden = config.HiddenSize, inner = config.IntermediateSize;
        int query = config.NumAttentionHeads * config.HeadDim, keyValue = config.NumKeyValueHeads * config.HeadDim;
        yield return new TensorSpec(Embedding, config.VocabSize, hidden);
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = Layer(i);
            yield return new TensorSpec($"{layer}.input_layernorm.weight", hidden);
            yield return new TensorSpec($"{layer}.self_attn.q_proj.weight", query, hidden);
            yield return new TensorSpec($"{layer}.self_attn.k_proj.weight", keyValue, hidden);
            yield return new TensorSpec($"{layer}.self_attn.v_proj.weight", keyValue, hidden);
            yield return new TensorSpec($"{layer}.self_attn.o_proj.weight", hidden, query);
            yield return new TensorSpec($"{layer}.post_attention_layernorm.weight", hidden);
            yield return new TensorSpec($"{layer}.mlp.gate_proj.weight", inner, hidden);
            yield return new TensorSpec($"{layer}.mlp.up_proj.weight", inner, hidden);
            yield return new TensorSpec($"{layer}.mlp.down_proj.weight", hidden, inner);
        }
        yield return new TensorSpec(FinalNorm, hidden);
        if (!config.TieWordEmbeddings)
            yield return new TensorSpec(Head, config.VocabSize, hidden);
    }
}
