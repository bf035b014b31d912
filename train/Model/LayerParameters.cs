using MhcPipeline.Train.Parameters;
using TorchSharp.Modules;

namespace MhcPipeline.Train.Model;

/// <summary>What the two sublayers of a layer compute with; H query heads, K key-value heads, D wide, I the MLP's width.</summary>
/// <param name="parameters">The model's.</param>
/// <param name="name">Stands before the names of the layer's tensors.</param>
internal sealed class LayerParameters(ParameterStore parameters, string name)
{
    /// <summary>[C].</summary>
    public Parameter AttentionNorm { get; } = parameters.Leaf($"{name}.input_layernorm.weight");

    /// <summary>[(H+2K)D,C].</summary>
    public Parameter Qkv { get; } = parameters.Leaf($"{name}.qkv");

    /// <summary>[C,HD].</summary>
    public Parameter Output { get; } = parameters.Leaf($"{name}.self_attn.o_proj.weight");

    /// <summary>[C].</summary>
    public Parameter MlpNorm { get; } = parameters.Leaf($"{name}.post_attention_layernorm.weight");

    /// <summary>[2I,C].</summary>
    public Parameter GateUp { get; } = parameters.Leaf($"{name}.gate_up");

    /// <summary>[C,I].</summary>
    public Parameter Down { get; } = parameters.Leaf($"{name}.mlp.down_proj.weight");
}
