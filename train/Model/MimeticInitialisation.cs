using MhcPipeline.Core;
using MhcPipeline.Train.Parameters;
using static MhcPipeline.Train.Functions.HeldNumbers;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Model;

/// <summary>
/// A start from which small models learn to look things up in their context many times sooner than from plain noise: attention begins
/// in the shape that trained transformers are found to have (mimetic initialisation, Trockman and Kolter, arXiv 2305.09828), and one head
/// begins local (as ConViT's do, arXiv 2103.10697). Nothing of the task is built in: which token to look for, and when, is learnt.
/// </summary>
/// <remarks>
/// Keys resemble queries, so that a token attends to tokens like itself; what a head reads it writes back unchanged (output = value transposed),
/// so that attended tokens show through; MLPs start at zero. Embeddings share a common component: RMSNorm has no bias, and
/// positional heads need a constant to grow from. From it, head 0 of the first layer attends to the previous token.
/// </remarks>
internal static class MimeticInitialisation
{
    /// <summary>Spread of an embedding, and size of its common component.</summary>
    private const double Embedding = 0.3;

    /// <summary>Correlation of a key with its query.</summary>
    private const double Likeness = 0.7;

    /// <summary>Constant part of a query and key in each rotary pair: the previous token's score is then about 4 above its neighbours'.</summary>
    private const double Locality = 6;

    /// <summary>Slower pairs of the rotary embedding hardly tell neighbours apart.</summary>
    private const double SlowestPair = 0.05;

    /// <summary>Weight of the final norm under tied embeddings, which would start with logits too large otherwise.</summary>
    private const double FinalNorm = 0.15;

    /// <summary>Overwrites the transformer's matrices; norms and the connection keep their own start.</summary>
    /// <param name="parameters">The parameters, initialised already.</param>
    /// <param name="config">Their model.</param>
    /// <param name="draws">Where random values come from.</param>
    internal static void Apply(ParameterStore parameters, ModelConfig config, Generator draws)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        int heads = config.NumAttentionHeads, group = heads / config.NumKeyValueHeads, width = config.HeadDim;
        double deviation = 1 / Math.Sqrt(config.HiddenSize);

        Tensor embedding = Draw("model.embed_tokens.weight", Embedding); // [V,C]
        embedding.sub_(embedding.mean([1L], keepdim: true)).add_(Held(Embedding), One);
        if (config.TieWordEmbeddings)
            Data("model.norm.weight").fill_(Held(FinalNorm));

        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            string name = $"model.layers.{layer}";
            Tensor q = Draw($"{name}.self_attn.q_proj.weight", deviation); // [HD,C]
            Tensor k = Draw($"{name}.self_attn.k_proj.weight", deviation); // [KD,C]
            Tensor v = Draw($"{name}.self_attn.v_proj.weight", deviation); // [KD,C]
            Tensor output = Data($"{name}.self_attn.o_proj.weight"); // [C,HD]
            for (int head = 0; head < heads; head++)
            {
                long shared = head / group * width;
                if (head % group == 0)
                    k.narrow(0, shared, width).mul_(Held(Math.Sqrt(1 - (Likeness * Likeness)))).add_(q.narrow(0, head * width, width), Held(Likeness));
                output.narrow(1, head * width, width).copy_(v.narrow(0, shared, width).t());
            }
            if (layer == 0)
                AttendToPrevious(q.narrow(0, 0, width), k.narrow(0, 0, width), config);
            Draw($"{name}.mlp.gate_proj.weight", deviation);
            Draw($"{name}.mlp.up_proj.weight", deviation);
            Data($"{name}.mlp.down_proj.weight").zero_();
        }

        Tensor Data(string tensor) => parameters.Part(parameters.Data, tensor);
        Tensor Draw(string tensor, double spread) => parameters.Draw(tensor, spread, draws);
    }

    /// <summary>
    /// The common component c of normed embeddings gives every query and key the same part. With key (s, 0) and query (s cos w, -s sin w)
    /// in the rotary pair of frequency w, the score at distance d is the sum of s^2 cos((d - 1) w): largest at the previous token.
    /// </summary>
    /// <param name="q">[D,C], of one head.</param>
    /// <param name="k">[D,C], of the same head.</param>
    /// <param name="config">The model.</param>
    private static void AttendToPrevious(Tensor q, Tensor k, ModelConfig config)
    {
        q.mul_(Held(0.1)); // the head listens to the position rather than to the token
        k.mul_(Held(0.1));
        int half = config.HeadDim / 2;
        double common = 1 / Math.Sqrt(2); // of a normed embedding's coordinates: mean 1 and spread 1 before the norm
        double s = Locality / (config.HiddenSize * common);
        for (int pair = 0; pair < half; pair++)
        {
            double w = Math.Pow(config.RopeTheta, -2.0 * pair / config.HeadDim);
            if (w <= SlowestPair)
                continue;
            k.narrow(0, pair, 1).add_(Held(s), One);
            q.narrow(0, pair, 1).add_(Held(s * Math.Cos(w)), One);
            q.narrow(0, pair + half, 1).add_(Held(-s * Math.Sin(w)), One);
        }
    }
}
