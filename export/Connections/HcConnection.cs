using MhcPipeline.Core;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>
/// Dynamic hyper-connections (arXiv 2409.19606) as arXiv 2512.24880, equation 5, restates them: scale · tanh(fn · x) + base
/// of each stream x normed by itself; the streams are added up at the end.
/// </summary>
internal sealed class HcConnection : StreamConnection
{
    /// <inheritdoc/>
    public override string Name => "hc";

    /// <inheritdoc/>
    protected override Value Collapse(GraphContext context, Value streams) => context.Graph.Sum(streams, axis: 1); // [T, C]

    /// <inheritdoc/>
    protected override IEnumerable<TensorSpec> SiteTensors(ModelConfig config, string site)
    {
        int n = config.HcMult;
        yield return new TensorSpec($"{site}.fn", 2 + n, config.HiddenSize);
        yield return new TensorSpec($"{site}.base", (2 + n) * n);
        yield return new TensorSpec($"{site}.scale", 3);
    }

    /// <inheritdoc/>
    protected override IEnumerable<TensorSpec> HeadTensors(ModelConfig config) => [];

    /// <inheritdoc/>
    protected override SiteMaps Maps(GraphContext context, Value streams, string name)
    {
        GraphBuilder graph = context.Graph;
        int n = context.Config.HcMult;
        // A stream's rows of fn give pre_i, post_i and comb[i, 0 … n - 1]: beside one another, so base is laid out likewise.
        IEnumerable<int> order = Enumerable.Range(0, n).SelectMany(i => (int[])[i, n + i, .. Enumerable.Range((2 * n) + (i * n), n)]);

        Value m = graph.Tanh(graph.Linear(Normalized(context, streams, context.Config.HiddenSize), context.Weight($"{name}.fn"))); // [T · n, 2 + n]
        m = graph.Mul(m, graph.Weight(context.Weights.Repeated($"{name}.scale", 1, 1, n)));
        m = graph.Add(graph.Reshape(m, -1, n, 2 + n), graph.Weight(context.Weights.Picked($"{name}.base", [n, 2 + n], [.. order])));
        Value[] maps = graph.Split(m, 1, 1, n); // [T, n, 1], [T, n, 1], [T, n, n]
        return new SiteMaps(graph.Reshape(maps[0], 0, 1, n), maps[1], graph.Transpose(maps[2], 0, 2, 1)); // comb is consumed transposed
    }
}
