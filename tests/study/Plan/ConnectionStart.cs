using MhcPipeline.Core;
using MhcPipeline.Train.Parameters;
using static TorchSharp.torch;

namespace MhcPipeline.Study.Plan;

/// <summary>A start of mHC's tensors, written over the connection's own for the experiment on initialisation.</summary>
/// <param name="Diagonal">How far the logit of a diagonal element of comb stands above the others.</param>
/// <param name="Read">Logit of pre for the stream that a site reads mostly (site s: stream s mod n); the others have its negative.</param>
/// <param name="Post">Logit of post for the stream that a site writes to most. The n logits lie evenly between this and its negative, turned by one stream a site, so
/// that the mean of post is 1: with an even read, the mean of the streams is the plain residual network however they differ.</param>
/// <param name="Scale">All three scales (the paper's alpha), and the head's.</param>
/// <param name="RandomFn">True for fn as it was drawn, false for zeros.</param>
internal sealed record ConnectionStart(double Diagonal, double Read, double Post, double Scale, bool RandomFn)
{
    /// <summary>The paper's scale of 0.01, a site that reads mostly one stream, and streams that keep to themselves.</summary>
    public static ConnectionStart Reference { get; } = new(Diagonal: 6, Read: 1, Post: 0, Scale: 0.01, RandomFn: true);

    /// <summary>The same with a dynamic part that counts from the first step.</summary>
    public static ConnectionStart Dynamic { get; } = Reference with { Scale = 1 };

    /// <summary>The starts that are compared: the reference first, then others that differ from it, or from the dynamic one, in one point.</summary>
    public static IReadOnlyList<ConnectionStart> All { get; } =
    [
        Reference,
        .. new[] { 3.0, 1, 0 }.Select(diagonal => Reference with { Diagonal = diagonal }),
        .. new[] { 0.0, 3 }.Select(read => Reference with { Read = read }),
        .. new[] { 0.5, 1, 2 }.Select(post => Reference with { Read = 0, Post = post }),
        .. new[] { 0.1, 1, 3, 10 }.Select(scale => Reference with { Scale = scale }),
        Reference with { RandomFn = false },
        .. new[] { 3.0, 1 }.Select(diagonal => Dynamic with { Diagonal = diagonal }),
        Dynamic with { Read = 0, Post = 1 },
        Dynamic with { RandomFn = false },
    ];

    /// <summary>In file names.</summary>
    public string Name => FormattableString.Invariant($"diagonal{Diagonal}-read{Read}-post{Post}-scale{Scale}-{(RandomFn ? "random" : "zero")}");

    /// <summary>Writes the start over an initialised model's tensors.</summary>
    /// <param name="parameters">Of a model with connection <c>mhc</c>.</param>
    /// <param name="config">The model's shape.</param>
    public void Apply(ParameterStore parameters, ModelConfig config)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        for (int site = 0; site < 2 * config.NumHiddenLayers; site++)
        {
            string name = $"model.layers.{site / 2}.{(site % 2 == 0 ? "attn_hc" : "ffn_hc")}";
            float[] bias = Base(config.HcMult, site);
            Part(name + ".base").copy_(tensor(bias, [bias.Length]));
            Part(name + ".scale").fill_(Scale);
            Tensor fn = Part(name + ".fn");
            if (!RandomFn)
                fn.zero_();
            else if (Read == 0)
                fn.narrow(0, 0, config.HcMult).zero_(); // an even read
        }
        Part("model.hc_head.hc_scale").fill_(Scale);
        if (!RandomFn)
            Part("model.hc_head.hc_fn").zero_();

        Tensor Part(string name) => parameters.Part(parameters.Data, name);
    }

    /// <summary>pre (n), post (n), comb (n*n, row-major).</summary>
    private float[] Base(int n, int site)
    {
        float[] bias = new float[(2 + n) * n];
        for (int i = 0; i < n; i++)
        {
            bias[i] = (float)(i == site % n ? Read : -Read);
            bias[n + ((i + site) % n)] = n == 1 ? 0 : (float)(Post * ((2.0 * i / (n - 1)) - 1));
            for (int j = 0; j < n; j++)
                bias[(2 * n) + (i * n) + j] = i == j ? 0 : (float)-Diagonal;
        }
        return bias;
    }
}
