using MhcPipeline.Core;
using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
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
    public override IReadOnlyList<MapRows> SiteRows(ModelConfig config) => MapRows.Of(1, 1, config.HcMult);

    /// <inheritdoc/>
    public override IReadOnlyList<MapRows> HeadRows(ModelConfig config) => [];

    /// <inheritdoc/>
    protected override SiteMaps Maps(GraphContext context, Value streams, string name, bool equal)
    {
        GraphBuilder graph = context.Graph;
        int n = context.Config.HcMult;
        var tensors = MapTensors.Site(name);
        Dictionary<string, Value> maps = Coefficients(context, streams, tensors, equal);
        return new SiteMaps(graph.Reshape(maps["pre"], 0, 1, n), maps["post"], graph.Transpose(maps["comb"], 0, 2, 1)); // comb is consumed transposed
    }

    // A stream's rows of fn give pre_i, post_i and comb[i, 0 … n - 1]: [T, n, 1], [T, n, 1] and [T, n, n]; without T where they are static.
    private Dictionary<string, Value> Coefficients(GraphContext context, Value streams, MapTensors tensors, bool equal)
    {
        GraphBuilder graph = context.Graph;
        int n = context.Config.HcMult, hidden = context.Config.HiddenSize;
        ILookup<bool, MapRows> maps = SiteRows(context.Config).ToLookup(map => StaticCoefficients.Has(context, tensors, map));
        var coefficients = maps[true].ToDictionary(map => map.Map, map =>
            StaticCoefficients.Constant(context, BaseOrder(n, [map]).Select(at => (double)context.Weights.Elements(tensors.Base)[at]), 1, n, map.Count));
        if (!maps[false].Any())
            return coefficients;

        var products = new NormedProducts(context, equal ? streams : graph.Reshape(streams, -1, hidden), hidden);
        foreach (MapRows[] group in OneProduct.Groups(context, [.. maps[false]]))
        {
            int rows = group.Sum(map => map.Count);
            string parts = string.Join('+', group.Select(map => map.Map));
            Value m = graph.Tanh(products.With(MapWeights.Fn(context, tensors, group))); // [T · n, rows], or [T, rows] of equal streams
            m = graph.Mul(m, graph.Weight(MapWeights.Scale(context, tensors, group)));
            m = graph.Add(graph.Reshape(m, -1, equal ? 1 : n, rows), graph.Weight(context.Weights.Picked($"{tensors.Base}.{parts}", tensors.Base, [n, rows], BaseOrder(n, group)))); // [T, n, rows]
            Value[] values = group.Length == 1 ? [m] : graph.Split(m, [.. group.Select(map => (long)map.Count)]);
            for (int i = 0; i < group.Length; i++)
                coefficients.Add(group[i].Map, values[i]);
        }
        return coefficients;
    }

    // base is [pre n, post n, comb n·n]; here a row a stream, [n, rows], the maps beside one another.
    private static int[] BaseOrder(int n, MapRows[] maps) => [.. Enumerable.Range(0, n).SelectMany(i => maps.SelectMany(map => map.Map switch
    {
        "pre" => [i],
        "post" => [n + i],
        _ => Enumerable.Range((2 * n) + (i * n), n),
    }))];
}
