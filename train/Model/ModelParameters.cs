using MhcPipeline.Core;
using MhcPipeline.Train.Connections;
using MhcPipeline.Train.Parameters;

namespace MhcPipeline.Train.Model;

/// <summary>The tensors of a model's checkpoint: Llama's, named as Hugging Face names them, and the connection's.</summary>
public static class ModelParameters
{
    /// <summary>Standard deviation of matrices at the start (GPT-2's).</summary>
    private const double Deviation = 0.02;

    /// <summary>Every tensor of a model.</summary>
    /// <exception cref="PipelineException">The configuration names an unknown connection.</exception>
    public static IEnumerable<ParameterSpec> Of(ModelConfig config)
    {
        long width = config.HiddenSize, inner = config.IntermediateSize, vocabulary = config.VocabSize;
        long query = (long)config.NumAttentionHeads * config.HeadDim, key = (long)config.NumKeyValueHeads * config.HeadDim;
        Initial normal = Initial.Normal(Deviation);
        // Outputs of sublayers add up along the residual stream: GPT-2 starts them smaller by the root of their number.
        Initial output = Initial.Normal(Deviation / Math.Sqrt(2.0 * config.NumHiddenLayers));

        yield return Matrix("model.embed_tokens.weight", vocabulary, width, normal);
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            string name = $"model.layers.{layer}";
            yield return Matrix($"{name}.self_attn.q_proj.weight", query, width, normal, $"{name}.qkv");
            yield return Matrix($"{name}.self_attn.k_proj.weight", key, width, normal, $"{name}.qkv");
            yield return Matrix($"{name}.self_attn.v_proj.weight", key, width, normal, $"{name}.qkv");
            yield return Matrix($"{name}.self_attn.o_proj.weight", width, query, output);
            yield return Matrix($"{name}.mlp.gate_proj.weight", inner, width, normal, $"{name}.gate_up");
            yield return Matrix($"{name}.mlp.up_proj.weight", inner, width, normal, $"{name}.gate_up");
            yield return Matrix($"{name}.mlp.down_proj.weight", width, inner, output);
            yield return Norm($"{name}.input_layernorm.weight", width);
            yield return Norm($"{name}.post_attention_layernorm.weight", width);
        }
        yield return Norm("model.norm.weight", width);
        if (!config.TieWordEmbeddings)
            yield return Matrix("lm_head.weight", vocabulary, width, normal);
        foreach (ParameterSpec spec in ConnectionRegistry.Find(config.Connection).Parameters(config))
            yield return spec;
    }

    private static ParameterSpec Matrix(string name, long rows, long columns, Initial initial, string? leaf = null) =>
        new(name, [rows, columns], initial, Decay: true) { Leaf = leaf ?? name, Hidden = name.StartsWith("model.layers.", StringComparison.Ordinal) };

    private static ParameterSpec Norm(string name, long width) => new(name, [width], Initial.All(1), Decay: false);
}
