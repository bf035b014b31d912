using MhcPipeline.Core;
using MhcPipeline.Core.Safetensors;

namespace MhcPipeline.Export.Tests.Reference;

/// <summary>The whole model in double precision: a Llama with rotate-half RoPE, GQA, SwiGLU, and the connection of its configuration.</summary>
internal sealed class ReferenceModel(ModelConfig config, ITensorSource weights)
{
    private readonly bool _streams = config.Connection != "residual";
    private readonly ReferenceMixing _mixing = new(config.HcMult, config.HiddenSize, config.HcSinkhornIters, config.HcEps, config.RmsNormEps, config.Connection);

    /// <summary>Logits [S, V] of one sequence.</summary>
    public double[] Logits(long[] ids)
    {
        int hidden = config.HiddenSize;
        float[] embedding = Read("model.embed_tokens.weight");
        double[][] streams = [.. ids.Select(id => Repeat(embedding.AsSpan((int)id * hidden, hidden)))];
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = $"model.layers.{i}";
            streams = Site(streams, $"{layer}.attn_hc", x => Attention(Norm(x, $"{layer}.input_layernorm.weight"), $"{layer}.self_attn"));
            streams = Site(streams, $"{layer}.ffn_hc", x => FeedForward(Norm(x, $"{layer}.post_attention_layernorm.weight"), $"{layer}.mlp"));
        }
        double[][] last = _streams ? [.. streams.Select(x => _mixing.WeightedSum(Head(x), x))] : streams;
        string head = config.TieWordEmbeddings ? "model.embed_tokens.weight" : "lm_head.weight";
        return [.. Linear(Norm(last, "model.norm.weight"), head).SelectMany(row => row)];
    }

    private double[] Head(double[] streams) => config.Connection == "hc"
        ? [.. Enumerable.Repeat(1.0, config.HcMult)]
        : _mixing.Head(streams, Read("model.hc_head.hc_fn"), Read("model.hc_head.hc_base"), Read("model.hc_head.hc_scale")[0]);

    private double[][] Site(double[][] streams, string name, Func<double[][], double[][]> sublayer)
    {
        if (!_streams)
            return [.. streams.Zip(sublayer(streams), (x, y) => x.Zip(y, (a, b) => a + b).ToArray())];
        var maps = streams.Select(x => _mixing.Coefficients(x, Read($"{name}.fn"), Read($"{name}.base"), Read($"{name}.scale"))).ToArray();
        double[][] output = sublayer([.. streams.Select((x, t) => _mixing.WeightedSum(maps[t].Pre, x))]);
        return [.. streams.Select((x, t) => _mixing.Leave(x, maps[t].Post, maps[t].Comb, output[t]))];
    }

    private double[][] Attention(double[][] x, string name)
    {
        int width = config.HeadDim, group = config.NumAttentionHeads / config.NumKeyValueHeads;
        double[][] q = Linear(x, $"{name}.q_proj.weight"), k = Linear(x, $"{name}.k_proj.weight"), v = Linear(x, $"{name}.v_proj.weight");
        for (int t = 0; t < x.Length; t++)
        {
            Rotate(q[t], t);
            Rotate(k[t], t);
        }
        var heads = x.Select(_ => new double[config.NumAttentionHeads * width]).ToArray();
        for (int h = 0; h < config.NumAttentionHeads; h++)
        {
            int from = h * width, key = h / group * width;
            for (int t = 0; t < x.Length; t++)
            {
                double[] scores = [.. Enumerable.Range(0, t + 1).Select(s => Enumerable.Range(0, width).Sum(d => q[t][from + d] * k[s][key + d]) / Math.Sqrt(width))];
                double largest = scores.Max(), sum = scores.Sum(score => Math.Exp(score - largest));
                for (int s = 0; s <= t; s++)
                {
                    double weight = Math.Exp(scores[s] - largest) / sum;
                    for (int d = 0; d < width; d++)
                        heads[t][from + d] += weight * v[s][key + d];
                }
            }
        }
        return Linear(heads, $"{name}.o_proj.weight");
    }

    // Pairs (d, d + width / 2) of every head are turned by position / theta^(2d / width).
    private void Rotate(double[] heads, int position)
    {
        int width = config.HeadDim, half = width / 2;
        for (int start = 0; start < heads.Length; start += width)
        {
            for (int d = 0; d < half; d++)
            {
                double angle = position / Math.Pow(config.RopeTheta, 2.0 * d / width);
                (double a, double b) = (heads[start + d], heads[start + half + d]);
                heads[start + d] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                heads[start + half + d] = (b * Math.Cos(angle)) + (a * Math.Sin(angle));
            }
        }
    }

    private double[][] FeedForward(double[][] x, string name)
    {
        double[][] gate = Linear(x, $"{name}.gate_proj.weight"), up = Linear(x, $"{name}.up_proj.weight");
        return Linear([.. gate.Zip(up, (g, u) => g.Zip(u, (a, b) => a / (1 + Math.Exp(-a)) * b).ToArray())], $"{name}.down_proj.weight");
    }

    private double[][] Norm(double[][] x, string name)
    {
        float[] weight = Read(name);
        return [.. x.Select(row =>
        {
            double r = 1 / Math.Sqrt(row.Average(value => value * value) + config.RmsNormEps);
            return row.Zip(weight, (value, w) => value * r * w).ToArray();
        })];
    }

    private double[][] Linear(double[][] x, string name)
    {
        float[][] rows = [.. Read(name).Chunk(x[0].Length)];
        return [.. x.Select(token => rows.Select(row => row.Zip(token, (a, b) => a * b).Sum()).ToArray())];
    }

    private double[] Repeat(ReadOnlySpan<float> embedding)
    {
        double[] row = [.. embedding.ToArray().Select(value => (double)value)];
        return _streams ? [.. Enumerable.Repeat(row, config.HcMult).SelectMany(x => x)] : row;
    }

    private float[] Read(string name) => weights.ReadFloat32(name);
}
