using MhcPipeline.Export.Checkpoints;
using MhcPipeline.Export.Folding;
using MhcPipeline.Export.Graph;
using MhcPipeline.Export.Onnx;

namespace MhcPipeline.Export.Connections;

/// <summary>The tensors of some of a site's maps (or of the head's) as the graph takes them, with what is folded into them. A tensor that differs from the stored one has another name.</summary>
internal static class MapWeights
{
    /// <summary>Rows of fn on top of one another, [rows, width of fn]; with <paramref name="equal"/> streams summed over them, [rows, C].</summary>
    public static WeightTensor Fn(GraphContext context, MapTensors tensors, IReadOnlyList<MapRows> maps, bool equal = false)
    {
        int hidden = context.Config.HiddenSize, width = context.Weights.WidthOf(tensors.Fn);
        RowBlock[] blocks = [.. maps.Select(map => ScaleIntoFn.Rows(context, tensors, map))];
        bool scaled = blocks.Any(block => block.Factor != 1), summed = equal && width > hidden, whole = IsWhole(context, tensors, blocks);
        string name = $"{Name(tensors.Fn, maps, whole)}{(scaled ? ".scaled" : "")}{(summed ? ".summed" : "")}";
        if (whole && !scaled && !summed)
            return context.Weights.Tensor(tensors.Fn);
        return context.Weights.Rows(name, summed ? hidden : width, blocks, summed ? row => EqualStreams.Sum(row, hidden) : row => row);
    }

    /// <summary>Elements of base that belong to the maps, one a row of fn.</summary>
    public static WeightTensor Base(GraphContext context, MapTensors tensors, IReadOnlyList<MapRows> maps)
    {
        int[] rows = [.. maps.SelectMany(map => Enumerable.Range(map.First, map.Count))];
        bool whole = rows.Length == context.Weights.RowsOf(tensors.Base);
        return whole ? context.Weights.Tensor(tensors.Base) : context.Weights.Picked(Name(tensors.Base, maps, whole), tensors.Base, [rows.Length], rows);
    }

    /// <summary>The scale of every row of the maps.</summary>
    public static WeightTensor Scale(GraphContext context, MapTensors tensors, IReadOnlyList<MapRows> maps)
    {
        int[] indices = [.. maps.SelectMany(map => Enumerable.Repeat(map.Index, map.Count))];
        return context.Weights.Picked($"{Name(tensors.Scale, maps, whole: false)}.rows", tensors.Scale, [indices.Length], indices);
    }

    private static bool IsWhole(GraphContext context, MapTensors tensors, RowBlock[] blocks) => blocks.Sum(block => block.Count) == context.Weights.RowsOf(tensors.Fn);

    private static string Name(string tensor, IReadOnlyList<MapRows> maps, bool whole) => whole ? tensor : $"{tensor}.{string.Join('+', maps.Select(map => map.Map))}";
}
