using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// Causal grouped-query attention (arXiv 2305.13245) with rotary positions, from one projection of queries, keys and values: query head h
/// reads key-value head h / (H/K), scores are divided by sqrt(D).
/// </summary>
public static class CausalAttention
{
    /// <summary>Mixes: by one kernel in the host's memory, by tensor operations elsewhere.</summary>
    /// <param name="packed">[B,S,(H+2K)D]: queries, keys, values.</param>
    /// <param name="heads">H.</param>
    /// <param name="keys">K, a divisor of H.</param>
    /// <param name="rotary">For at least S positions.</param>
    /// <returns>[B,S,HD].</returns>
    public static Tensor Apply(Tensor packed, int heads, int keys, RotaryEmbedding rotary) =>
        HostKernels.Serve(packed) ? CausalAttentionFunction.Mix(packed, heads, keys, rotary) : Composed(packed, heads, keys, rotary);

    /// <summary>The same by tensor operations: the reference for the kernel.</summary>
    /// <param name="packed">[B,S,(H+2K)D].</param>
    /// <param name="heads">H.</param>
    /// <param name="keys">K.</param>
    /// <param name="rotary">For at least S positions.</param>
    /// <returns>[B,S,HD].</returns>
    public static Tensor Composed(Tensor packed, int heads, int keys, RotaryEmbedding rotary)
    {
        long batch = packed.shape[0], sequence = packed.shape[1], width = packed.shape[2] / (heads + (2 * keys));
        Tensor all = packed.view(batch, sequence, heads + (2 * keys), width); // [B,S,H+2K,D]
        Tensor turned = rotary.Rotate(all.narrow(2, 0, heads + keys)); // [B,S,H+K,D]
        Tensor q = turned.narrow(2, 0, heads).transpose(1, 2); // [B,H,S,D]
        Tensor k = Repeat(turned.narrow(2, heads, keys).transpose(1, 2)); // [B,H,S,D]
        Tensor v = Repeat(all.narrow(2, heads + keys, keys).transpose(1, 2)); // [B,H,S,D]
        Tensor mixed = scaled_dot_product_attention(q, k, v, is_casual: true); // [B,H,S,D], scores / sqrt(D)
        return mixed.transpose(1, 2).reshape(batch, sequence, heads * width); // [B,S,HD]

        // Each of the K heads serves H/K neighbours.
        Tensor Repeat(Tensor kv) => heads == keys ? kv
            : kv.unsqueeze(2).expand(batch, keys, heads / keys, sequence, width).reshape(batch, heads, sequence, width);
    }
}
