using MhcPipeline.Core;
using MhcPipeline.Core.Kernels.HyperConnections;
using MhcPipeline.Train.Parameters;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MhcPipeline.Train.Connections;

/// <summary>
/// What mhc and its relatives share: pre = sigmoid + eps and post = 2 sigmoid of maps of all streams together
/// (arXiv 2512.24880, equation 8), and a head that weighs the streams in the same way. They differ in comb only.
/// </summary>
public abstract class GatedConnection : StreamConnection
{
    /// <summary>
    /// Start of the scales. The paper's alpha of 0.01 makes the dynamic part a hundred times slower to learn; in runs of hundreds to thousands of steps 1 is better
    /// (docs/study.md, "mHC's start"; 3 is better still after 250 steps of 24 layers, and was not tried longer or elsewhere).
    /// </summary>
    private const double Scale = 1;

    /// <summary>Standard deviation of m at the start, whatever the width: the product of a normed vector of nC with a row of fn.</summary>
    private const double Deviation = 0.32;

    /// <summary>Logit of pre: 0.73 for the stream that a site reads mostly, 0.27 for the others.</summary>
    private const float Read = 1;

    private readonly (Parameter Fn, Parameter Base, Parameter Scale) _head;

    /// <summary>Binds the connection to its parameters.</summary>
    protected GatedConnection(ModelConfig config, ParameterStore parameters)
        : base(config, parameters)
    {
        _head = (parameters.Leaf("model.hc_head.hc_fn"), parameters.Leaf("model.hc_head.hc_base"), parameters.Leaf("model.hc_head.hc_scale"));
        HeadMap = new HeadMap(Options);
    }

    /// <inheritdoc/>
    protected sealed override SiteMap HeadMap { get; }

    /// <inheritdoc/>
    protected sealed override (Parameter? Fn, Parameter? Base, Parameter? Scale) HeadParameters => _head;

    /// <inheritdoc/>
    protected override Tensor Join(Tensor streams) => MhcComposed.Read(streams, MhcComposed.HeadMix(streams, _head.Fn, _head.Base, _head.Scale, Options)); // [B,S,C]

    /// <summary>
    /// fn, base and scale of every site and of the head. fn is random; but the rows of post
    /// start as zeros, so that post is exactly 1.
    /// </summary>
    /// <param name="config">The model.</param>
    /// <param name="comb">What the part of base that belongs to comb holds before training; empty where comb is fixed.</param>
    protected static IEnumerable<ParameterSpec> Parameters(ModelConfig config, float[] comb)
    {
        int n = config.HcMult;
        long rows = (2 * n) + comb.Length, width = (long)n * config.HiddenSize;
        double deviation = Deviation / Math.Sqrt(width);
        Initial start = Initial.Normal(deviation) with { ZeroRows = n..(2 * n) };
        return
        [
            .. SiteParameters(config, (rows, width), start, Base, scales: comb.Length > 0 ? 3 : 2, Scale),
            new("model.hc_head.hc_fn", [n, width], Initial.Normal(deviation), Decay: false),
            new("model.hc_head.hc_base", [n], Initial.All(0), Decay: false),
            new("model.hc_head.hc_scale", [1], Initial.All(Scale), Decay: false),
        ];

        float[] Base(int site) => [.. Enumerable.Range(0, n).Select(i => i == site % n ? Read : -Read), .. new float[n], .. comb];
    }
}
