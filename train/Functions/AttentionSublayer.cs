using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace MhcPipeline.Train.Functions;

/// <summary>
/// An attention sublayer: norm, one projection to queries, keys and values, causal grouped-query attention (arXiv 2305.13245) with rotary
/// positions, output projection. Query head h reads key-value head h / (H/K), scores are divided by sqrt(D).
/// </summary>
public static class AttentionSublayer
{
    /// <summary>Computes: as one operation in the host's memory, by tensor operations elsewhere.</summary>
    /// <param name="u">[B,S,C].</param>
    /// <param name="norm">Weight of the norm before it [C].</param>
    /// <param name="qkv">[(H+2K)D,C].</param>
    /// <param name="project">[C,HD].</param>
    /// <param name="heads">H.</param>
    /// <param name="keys">K, a divisor of H.</param>
    /// <param name="rotary">For at least S positions.</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[B,S,C].</returns>
    public static Tensor Apply(Tensor u, Tensor norm, Tensor qkv, Tensor project, int heads, int keys, RotaryEmbedding rotary, double eps) =>
        HostKernels.Serve(u, widest: qkv.shape[0]) ? AttentionFunction.Apply(u, norm, qkv, project, heads, keys, rotary, eps) : Composed(u, norm, qkv, project, heads, keys, rotary, eps);

    /// <summary>The same by tensor operations: the reference for the kernels.</summary>
    /// <param name="u">[B,S,C].</param>
    /// <param name="norm">[C].</param>
    /// <param name="qkv">[(H+2K)D,C].</param>
    /// <param name="project">[C,HD].</param>
    /// <param name="heads">H.</param>
    /// <param name="keys">K.</param>
    /// <param name="rotary">For at least S positions.</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[B,S,C].</returns>
    public static Tensor Composed(Tensor u, Tensor norm, Tensor qkv, Tensor project, int heads, int keys, RotaryEmbedding rotary, double eps)
    {
        using var scope = NewDisposeScope();
        Tensor packed = LinearProducts.Composed(RmsNorm.Apart(u, norm, eps), qkv); // [B,S,(H+2K)D]: queries, keys, values
        return LinearProducts.Composed(Mix(packed, heads, keys, rotary), project).MoveToOuterDisposeScope(); // [B,S,HD] -> [B,S,C]
    }

    /// <summary>Attention alone.</summary>
    /// <param name="packed">[B,S,(H+2K)D].</param>
    /// <param name="heads">H.</param>
    /// <param name="keys">K.</param>
    /// <param name="rotary">For at least S positions.</param>
    /// <returns>[B,S,HD].</returns>
    private static Tensor Mix(Tensor packed, int heads, int keys, RotaryEmbedding rotary)
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
